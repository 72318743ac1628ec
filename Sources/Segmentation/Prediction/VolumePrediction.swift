import Imaging

/// What a network says about a volume, on the volume's grid.
public struct VolumePrediction: Sendable {
    public internal(set) var labels: LabelVolume
    /// How probable it is that a voxel is not background, 0…1; nil where nobody asked.
    public internal(set) var probabilities: Volume<Float, LPS>?

    init(grid: Grid, wantsProbabilities: Bool) throws(ImagingError) {
        labels = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        probabilities =
            wantsProbabilities
            ? try Volume<Float, LPS>(grid: grid, voxels: [Float](repeating: 0, count: grid.size.voxels)) : nil
    }
}
