import Imaging

/// Which slices a segmentation calls infected, against a reader's word for every slice.
public struct SliceDetection: Hashable, Sendable {
    /// A slice counts as infected from this share of its lung on.
    public static let leastShare = 0.01

    /// One for every slice: labelled pixels over lung pixels; nil where the slice holds no lung.
    public let shares: [Double?]

    /// Throws `shapeMismatch` when the volumes differ in size.
    public init(lesions: LabelVolume, lungs: LabelVolume) throws(TrainingError) {
        guard lesions.grid.size == lungs.grid.size else {
            throw TrainingError(
                .shapeMismatch, subject: "slices",
                message: "The lesions have \(lesions.grid.size) voxels, but the lungs have \(lungs.grid.size).")
        }
        let size = lungs.grid.size
        let plane = size.i * size.j
        shares = (0..<size.k).map { k in
            let range = (k * plane)..<((k + 1) * plane)
            let lung = lungs.voxels[range].count { $0 != 0 }
            return ratio(lesions.voxels[range].count { $0 != 0 }, lung)
        }
    }

    public var infected: [Bool] { shares.map { ($0 ?? 0) >= Self.leastShare } }

    /// Slice by slice against a reader's labels, in the order of the slices. Throws `shapeMismatch` for another number.
    public func scores(actual: [Bool]) throws(TrainingError) -> ClassScores {
        guard actual.count == shares.count else {
            throw TrainingError(
                .shapeMismatch, subject: "slices",
                message: "The volume has \(shares.count) slices, but there are labels for \(actual.count).")
        }
        let pairs = zip(infected, actual)
        return ClassScores(
            truePositives: pairs.count { $0 && $1 }, falsePositives: pairs.count { $0 && !$1 },
            falseNegatives: pairs.count { !$0 && $1 }, trueNegatives: pairs.count { !$0 && !$1 })
    }
}
