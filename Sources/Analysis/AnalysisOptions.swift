import Severity

/// How studies are analysed; the same for all studies of a worker.
public struct AnalysisOptions: Sendable {
    /// How the slices of a file belong together.
    public enum Slices: String, Hashable, Sendable, CaseIterable, Codable {
        /// Told from how alike neighbouring slices are.
        case automatic
        /// One patient's volume.
        case volume
        /// Slices of unrelated patients.
        case unrelated
    }

    public var slices: Slices
    public var cutOffs: TriageCutOffs
    /// Whether how probable lesions are is written as well, a float32 volume per lesion plugin.
    public var keepsProbabilities: Bool
    /// Voxels that a file may announce, so that a hostile header takes no memory: 4 GiB as 16-bit values.
    public var maximumVoxelBytes: Int

    public init(
        slices: Slices = .automatic, cutOffs: TriageCutOffs = .standard, keepsProbabilities: Bool = false,
        maximumVoxelBytes: Int = 1 << 32
    ) {
        self.slices = slices
        self.cutOffs = cutOffs
        self.keepsProbabilities = keepsProbabilities
        self.maximumVoxelBytes = maximumVoxelBytes
    }
}
