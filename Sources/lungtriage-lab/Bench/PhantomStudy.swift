import Imaging
import NeuralNet
import Segmentation

/// A chest CT that never was, as benchmarks take it.
struct PhantomStudy {
    let ct: CTVolume
    let lungs: LabelVolume

    /// Renders `slices` axial slices of `size` × `size` voxels. Throws what `ChestPhantom` throws.
    init(size: Int, slices: Int) throws {
        let findings = [
            PhantomFinding(.groundGlass, volume: 150),
            PhantomFinding(.consolidation, volume: 60, location: .right, zone: .lower),
        ]
        let rendering = try ChestPhantom(seed: 1, noise: 14, findings: findings).render(
            on: try ChestPhantom.grid(
                size: GridSize(i: size, j: size, k: slices), spacing: nil, order: .lps, tilt: [0, 0, 0]))
        ct = rendering.ct.lps()
        lungs = rendering.lungs.lps()
    }

    var slices: [Int] { Array(0..<ct.grid.size.k) }

    /// All slices as the model sees them, N×H×W×1. Throws `malformedFile` for a model that does not say how.
    func input(of model: SegmentationModel) throws -> Tensor {
        guard let preparation = try InputPreparation(metadata: model.metadata) else {
            throw NeuralNetError(
                .malformedFile, operation: "model", message: "The model does not say how its input is prepared.")
        }
        let rectangles = try preparation.crop.rectangles(of: ct, lungs: lungs)
        let (height, width) = (preparation.height, preparation.width)
        var values: [Float] = []
        for slice in slices {
            let picture = try SliceResizer(rectangles[slice], height: height, width: width).picture(
                of: ct, slice: slice)
            values += picture.map(preparation.window.normalized)
        }
        return try Tensor(values, shape: Shape(n: slices.count, h: height, w: width, c: 1))
    }
}
