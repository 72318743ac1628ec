import Foundation
import Imaging

/// Patients' volumes with binary lesion masks and lung masks, as `NAME_ct.nii.gz`, `NAME_lesion.nii.gz`, `NAME_lung.nii.gz`,
/// and a `slices.tsv` that says of every slice whether it was labelled.
public struct LesionVolumes: Sendable {
    /// What is known about a slice.
    public enum SliceStatus: String, Hashable, Sendable {
        /// Lesion and lung masks are right.
        case lesion
        /// There is no lesion; the lung mask may be missing.
        case none
        /// Leave it out.
        case uncertain
    }

    public struct Patient: Sendable {
        public let volume: LabelledVolume
        /// One for every slice.
        public let status: [SliceStatus]

        public func slices(_ wanted: SliceStatus) -> [Int] { status.indices.filter { status[$0] == wanted } }
    }

    public private(set) var patients: [Patient]

    /// Throws `imaging`, `fileAccess`, `malformedDataSet`.
    public init(folder: URL) throws(TrainingError) {
        let table = try SeparatedTable(folder.appending(path: "slices.tsv"))
        let volumes = try table.column("volume")
        let statuses = try table.column("status")
        var bySlice: [String: [SliceStatus]] = [:]
        var order: [String] = []
        for (volume, text) in zip(volumes, statuses) {
            guard let status = SliceStatus(rawValue: text) else {
                throw TrainingError(
                    .malformedDataSet, subject: table.name, message: "\"\(text)\" is no status of a slice.")
            }
            if bySlice[volume] == nil { order.append(volume) }
            bySlice[volume, default: []].append(status)
        }
        var patients: [Patient] = []
        for name in order {
            let volume = try LabelledVolume.read(
                name: name, ct: folder.appending(path: "\(name)_ct.nii.gz"),
                labels: folder.appending(path: "\(name)_lesion.nii.gz"),
                lungs: folder.appending(path: "\(name)_lung.nii.gz"))
            let status = bySlice[name] ?? []
            guard status.count == volume.ct.grid.size.k else {
                throw TrainingError(
                    .malformedDataSet, subject: table.name,
                    message: "\(name) has \(volume.ct.grid.size.k) slices, but the table lists \(status.count).")
            }
            patients.append(Patient(volume: volume, status: status))
        }
        self.patients = patients
    }

    /// The same with other lung masks, for example a lung model's, which every slice has. Rethrows; throws
    /// `malformedDataSet` when a mask has another size than its volume.
    public func replacingLungs(_ lungs: (CTVolume) throws -> LabelVolume) throws -> LesionVolumes {
        var copy = self
        copy.patients = try patients.map { patient in
            let volume = patient.volume
            let replaced = try LabelledVolume(
                name: volume.name, ct: volume.ct, labels: volume.labels, lungs: lungs(volume.ct))
            return Patient(volume: replaced, status: patient.status)
        }
        return copy
    }
}
