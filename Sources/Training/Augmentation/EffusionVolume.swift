import Imaging
import NeuralNet

extension LabelledVolume {
    /// The same slices with a synthetic pleural effusion in each of those named, where its lungs are large enough to hold
    /// one; a slice's effusion depends on the seed and its index alone.
    ///
    /// Throws `malformedDataSet` when the lungs' size is another than the volume's, `imaging`.
    public func drawingEffusions(
        in slices: [Int], lungs: LabelVolume, seed: UInt64
    ) throws(TrainingError) -> LabelledVolume {
        let size = ct.grid.size
        let plane = size.i * size.j
        guard lungs.grid.size == size else {
            throw TrainingError(
                .malformedDataSet, subject: name,
                message: "The CT has \(size) voxels, but its lungs have \(lungs.grid.size).")
        }
        var hu = ct.voxels
        var marked = labels.voxels
        for k in slices where 0..<size.k ~= k {
            let range = (k * plane)..<((k + 1) * plane)
            var generator = RandomGenerator(seed: seed, stream: "effusion of slice \(k)")
            var slice = hu[range].map(Float.init)
            var own = Array(marked[range])
            SyntheticEffusion(&generator).draw(
                hu: &slice, labels: &own, lungs: Array(lungs.voxels[range]), height: size.j, width: size.i)
            hu.replaceSubrange(range, with: slice.map { Int16(max(-32768, min(32767, $0.rounded()))) })
            marked.replaceSubrange(range, with: own)
        }
        return try imaging(name) {
            try LabelledVolume(
                name: name, ct: CTVolume(grid: ct.grid, voxels: hu), labels: LabelVolume(grid: ct.grid, voxels: marked),
                lungs: self.lungs)
        }
    }
}
