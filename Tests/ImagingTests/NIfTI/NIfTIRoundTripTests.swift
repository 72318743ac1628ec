import Foundation
import Imaging
import Testing

/// What this program writes, it reads back the same.
@Suite struct NIfTIRoundTripTests {
    private static let spacing = Spacing(i: 0.75, j: 0.5, k: 2)

    /// Voxels that are all different, so that every wrong permutation shows.
    private static func ramp(_ order: VoxelOrder) throws -> Volume<Int16, AsStored> {
        let grid = try Grid(
            size: GridSize(i: 3, j: 4, k: 5),
            affine: Affine(order: order, spacing: spacing, origin: WorldPoint(x: 10, y: -20, z: 30)))
        return try Volume(grid: grid, voxels: (0..<60).map { Int16($0 * 37 - 1000) })
    }

    @Test(arguments: VoxelOrder.allCases, ["ct.nii", "ct.nii.gz"])
    func volumesComeBack(order: VoxelOrder, name: String) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: name).path
            let volume = try Self.ramp(order)
            try NIfTIFile.write(volume, to: path)
            let image = try NIfTIFile.read(path)
            #expect(image.volume.voxels == volume.voxels)
            #expect(image.volume.grid == volume.grid)
            #expect(image.header.geometry.form == .sform)
            #expect(!image.header.geometry.formsContradict)
        }
    }

    @Test(arguments: VoxelOrder.allCases)
    func labelsLieOnTheInputsOwnGrid(order: VoxelOrder) throws {
        try withTemporaryFolder { folder in
            let ct = folder.appending(path: "ct.nii.gz").path
            let labels = folder.appending(path: "labels.nii.gz").path
            let volume = try Self.ramp(order)
            try NIfTIFile.write(volume, to: ct)
            let image = try NIfTIFile.read(ct)
            let lps = image.lps()
            let marked = try LabelVolume(grid: lps.grid, voxels: lps.voxels.map { $0 > 0 ? 1 : 0 })
            try NIfTIFile.write(labels: marked, on: image.header, to: labels)
            let back = try NIfTIFile.readLabels(labels)
            #expect(back.volume.voxels == volume.voxels.map { $0 > 0 ? 1 : 0 })
            #expect(back.header.geometry == image.header.geometry)
        }
    }
}
