/// How much a file may ask for. Everything a header claims is held against these, and against what its file could
/// possibly hold, before memory is asked for.
public struct ReadLimits: Hashable, Sendable {
    /// The most bytes that the voxels may take: in the file once decompressed, and as they are returned.
    public var maximumVoxelBytes: Int
    /// The most bytes that the file itself may have.
    public var maximumFileBytes: Int

    /// 4 GiB each by default: a chest CT of 512×512×2000 voxels takes 1 GiB.
    public init(maximumVoxelBytes: Int = 1 << 32, maximumFileBytes: Int = 1 << 32) {
        self.maximumVoxelBytes = maximumVoxelBytes
        self.maximumFileBytes = maximumFileBytes
    }

    public static let standard = ReadLimits()
}

/// What becomes of voxels that are NaN or infinite.
public enum NonFinitePolicy: Hashable, Sendable {
    /// The file is refused with `notFinite` and their number.
    case reject
    /// They become this value, which is clamped to what the voxels can be.
    case replace(with: Float)
}
