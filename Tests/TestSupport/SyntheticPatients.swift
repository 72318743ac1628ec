import Foundation
import Imaging
import NeuralNet

/// A small data set in the layout of patients' volumes: boxes of lung in a body, a lesion in one of them.
public struct SyntheticPatients {
    public static let names = ["ann", "bob", "cid", "dan", "eve"]
    /// Pixels of a slice's side.
    public static let side = 16
    /// One for every slice.
    public static let status = ["none", "lesion", "lesion", "lesion", "uncertain"]

    /// Writes `NAME_ct`, `NAME_lesion`, `NAME_lung` `.nii.gz` and `slices.tsv`; patients named in `changed` get other voxels than
    /// they would otherwise have.
    public static func write(_ names: [String] = names, to folder: URL, changed: Set<String> = []) throws {
        for name in names { try write(name, seed: changed.contains(name) ? 2 : 1, to: folder) }
        let rows = names.flatMap { name in status.enumerated().map { "\(name)\t\($0)\t\($1)\n" } }
        try Data(("volume\tz\tstatus\n" + rows.joined()).utf8).write(to: folder.appending(path: "slices.tsv"))
    }

    private static func write(_ name: String, seed: UInt64, to folder: URL) throws {
        var generator = RandomGenerator(seed: seed, stream: name)
        let top = 4 + Int(4 * generator.uniform())
        var hu: [Int16] = []
        var lesions: [UInt8] = []
        var lungs: [UInt8] = []
        for k in status.indices {
            for row in 0..<side {
                for column in 0..<side {
                    let isLung = (3..<13).contains(row) && ((2..<7).contains(column) || (9..<14).contains(column))
                    let isLesion =
                        status[k] == "lesion" && (top..<(top + 4)).contains(row) && (3..<6).contains(column)
                    hu.append((isLesion ? -300 : isLung ? -850 : 40) + Int16(20 * generator.normal()))
                    lesions.append(isLesion ? 1 : 0)
                    lungs.append(isLung ? 1 : 0)
                }
            }
        }
        let grid = try Grid(
            size: GridSize(i: side, j: side, k: status.count),
            affine: Affine(order: .lps, spacing: Spacing(i: 20, j: 20, k: 5)))
        func path(_ kind: String) -> String { folder.appending(path: "\(name)_\(kind).nii.gz").path }
        try NIfTIFile.write(CTVolume(grid: grid, voxels: hu), to: path("ct"))
        try NIfTIFile.write(LabelVolume(grid: grid, voxels: lesions), to: path("lesion"))
        try NIfTIFile.write(LabelVolume(grid: grid, voxels: lungs), to: path("lung"))
    }
}
