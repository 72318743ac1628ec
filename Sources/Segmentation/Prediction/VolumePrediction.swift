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

    /// Puts what was found in a batch where its slices are.
    mutating func write(_ found: SlicePrediction, to slices: ArraySlice<Int>) {
        let plane = labels.grid.size.i * labels.grid.size.j
        for (place, slice) in slices.enumerated() {
            labels.replace(slice, plane: plane, by: found.labels, place)
            if let values = found.probabilities { probabilities?.replace(slice, plane: plane, by: values, place) }
        }
    }
}

extension Volume where Voxel: BitwiseCopyable {
    /// A slice becomes the one at `place` of an array of slices.
    fileprivate mutating func replace(_ slice: Int, plane: Int, by values: [Voxel], _ place: Int) {
        withUnsafeMutableVoxels { voxels in
            values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                (voxels + slice * plane).update(from: base + place * plane, count: plane)
            }
        }
    }
}
