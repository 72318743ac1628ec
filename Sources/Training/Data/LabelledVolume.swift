import Foundation
import Imaging

/// A CT with labels on the same grid: a patient's volume, or a stack of unrelated slices.
public struct LabelledVolume: Sendable {
    /// For messages and patient-wise splits: slices of one volume never lie on both sides of a split, unless the volume
    /// is a stack of unrelated slices.
    public let name: String
    public let ct: CTVolume
    public let labels: LabelVolume
    /// Where known: 0 outside, else inside the lungs.
    public let lungs: LabelVolume?

    /// Throws `malformedDataSet` when the labels' or the lungs' size is another than the CT's.
    public init(name: String, ct: CTVolume, labels: LabelVolume, lungs: LabelVolume? = nil) throws(TrainingError) {
        for other in [labels, lungs].compactMap({ $0 }) where other.grid.size != ct.grid.size {
            throw TrainingError(
                .malformedDataSet, subject: name,
                message: "The CT has \(ct.grid.size) voxels, but its labels have \(other.grid.size).")
        }
        self.name = name
        self.ct = ct
        self.labels = labels
        self.lungs = lungs
    }

    /// Lungs as labels: 1 in the given lungs, in the volume's lesions, and in what both enclose in a slice.
    func labelledByLungs(_ lungs: LabelVolume) throws(TrainingError) -> LabelledVolume {
        let both = zip(lungs.voxels, labels.voxels).map { UInt8($0 != 0 || $1 != 0 ? 1 : 0) }
        return try imaging(name) {
            let filled = try LabelVolume(grid: ct.grid, voxels: both).fillingHoles(.inSlices)
            return try LabelledVolume(name: name, ct: ct, labels: filled)
        }
    }

    /// Reads a CT and its labels. Throws `imaging`, `malformedDataSet`.
    static func read(
        name: String, ct: URL, labels: URL, lungs: URL? = nil
    ) throws(TrainingError) -> LabelledVolume {
        try imaging(name) {
            try LabelledVolume(
                name: name, ct: try NIfTIFile.read(ct.path).lps(), labels: try NIfTIFile.readLabels(labels.path).lps(),
                lungs: try lungs.map { try NIfTIFile.readLabels($0.path).lps() })
        }
    }

    /// Reads a lung mask of a volume's slices. Throws `imaging`, `malformedDataSet` for another size.
    static func lungs(_ file: URL, fitting volume: LabelledVolume) throws(TrainingError) -> LabelVolume {
        let lungs = try imaging(volume.name) { try NIfTIFile.readLabels(file.path).lps() }
        _ = try LabelledVolume(name: volume.name, ct: volume.ct, labels: volume.labels, lungs: lungs)
        return lungs
    }
}

/// Runs work on image files, its error as one of ours.
func imaging<Result>(_ subject: String, _ body: () throws -> Result) throws(TrainingError) -> Result {
    do {
        return try body()
    } catch let error as ImagingError {
        throw TrainingError(.imaging, subject: error.subject, message: error.message, cause: error.cause)
    } catch let error as TrainingError {
        throw error
    } catch {
        throw TrainingError(.imaging, subject: subject, message: "The images cannot be used.", cause: "\(error)")
    }
}
