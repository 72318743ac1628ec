import Imaging

/// Data sets as they were read, from which training data are gathered for one selection of patients after another.
public struct TrainingSources: Sendable {
    /// Slices with lesion classes, and their lung fields where known.
    public var medseg: (slices: MedSegSlices, lungs: LabelVolume?)?
    public var volumes: LesionVolumes?
    public var lungSlices: LungSlices?

    public init(
        medseg: (slices: MedSegSlices, lungs: LabelVolume?)? = nil, volumes: LesionVolumes? = nil,
        lungSlices: LungSlices? = nil
    ) {
        self.medseg = medseg
        self.volumes = volumes
        self.lungSlices = lungSlices
    }

    /// Throws `imaging`.
    public func data(_ selection: TrainingData.Selection) throws(TrainingError) -> TrainingData {
        var data = TrainingData(selection)
        if let medseg { try data.add(medseg.slices, lungs: medseg.lungs) }
        if let volumes { try data.add(volumes) }
        if let lungSlices { try data.add(lungSlices) }
        return data
    }
}
