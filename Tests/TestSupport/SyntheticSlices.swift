import Foundation
import Imaging
import NeuralNet

/// A small data set in the MedSeg layout: axial slices that look a little like a chest, with ground-glass (1) and consolidation
/// (2), no effusion.
public struct SyntheticSlices {
    public static let splits =
        [String](repeating: "train", count: 12) + [String](repeating: "val", count: 2)
        + [String](repeating: "test", count: 3)
    /// Pixels of a slice's side.
    public static let side = 40

    /// Writes `tr_im.nii.gz`, `tr_mask.nii.gz`, `lungs.nii.gz` and `slices.tsv`; another seed gives other slices.
    public static func write(to folder: URL, seed: UInt64 = 1) throws {
        var hu: [Int16] = []
        var labels: [UInt8] = []
        var lungs: [UInt8] = []
        for k in splits.indices {
            var generator = RandomGenerator(seed: seed, stream: "slice \(k)")
            let lesions = (0..<2).map { _ in
                (
                    row: 12 + 14 * generator.uniform(),
                    column: (generator.uniform() < 0.5 ? 12.0 : 27) + 2 * generator.uniform()
                )
            }
            for row in 0..<side {
                for column in 0..<side {
                    let pixel = pixel(Double(row), Double(column), lesions)
                    hu.append(pixel.hu + Int16(20 * generator.normal()))
                    labels.append(pixel.label)
                    lungs.append(pixel.isLung ? 1 : 0)
                }
            }
        }
        let grid = try Grid(
            size: GridSize(i: side, j: side, k: splits.count),
            affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
        try NIfTIFile.write(CTVolume(grid: grid, voxels: hu), to: folder.appending(path: "tr_im.nii.gz").path)
        try NIfTIFile.write(LabelVolume(grid: grid, voxels: labels), to: folder.appending(path: "tr_mask.nii.gz").path)
        try NIfTIFile.write(LabelVolume(grid: grid, voxels: lungs), to: folder.appending(path: "lungs.nii.gz").path)
        let table = "z\tpaper_split\n" + splits.enumerated().map { "\($0)\t\($1)\n" }.joined()
        try Data(table.utf8).write(to: folder.appending(path: "slices.tsv"))
    }

    private static func pixel(
        _ row: Double, _ column: Double, _ lesions: [(row: Double, column: Double)]
    ) -> (hu: Int16, label: UInt8, isLung: Bool) {
        func inside(_ r: Double, _ c: Double, _ height: Double, _ width: Double) -> Bool {
            let (y, x) = ((row - r) / height, (column - c) / width)
            return y * y + x * x < 1
        }
        guard inside(19.5, 19.5, 17, 19) else { return (-1000, 0, false) }
        guard inside(19.5, 12, 12, 6) || inside(19.5, 27, 12, 6) else { return (40, 0, false) }
        for (kind, lesion) in lesions.enumerated() where inside(lesion.row, lesion.column, 5, 4) {
            return kind == 0 ? (-450, 1, true) : (20, 2, true)
        }
        return (-850, 0, true)
    }
}
