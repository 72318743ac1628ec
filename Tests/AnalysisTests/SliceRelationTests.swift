import Analysis
import Imaging
import Testing

@Suite struct SliceRelationTests {
    @Test(arguments: [3.0, 5, 10, 15]) func neighboursInABodyAreAlike(_ distance: Double) throws {
        let grid = try ChestPhantom.grid(
            size: GridSize(i: 64, j: 64, k: Int(240 / distance)), spacing: Spacing(i: 5.6, j: 5.6, k: distance))
        #expect(SliceRelation(try ChestPhantom(seed: 2).render(on: grid).ct.lps()).isVolume)
    }

    /// Slices of forty different bodies at different heights, shifted and turned.
    @Test func slicesOfDifferentPatientsAreNot() throws {
        var voxels: [Int16] = []
        for patient in 0..<20 {
            let shift = Double(patient * 37 % 11) * 4 - 20
            let grid = try ChestPhantom.grid(
                size: GridSize(i: 64, j: 64, k: 12), spacing: Spacing(i: 5 + shift / 20, j: 5 + shift / 20, k: 20))
            let slice = (patient * 7) % 8 + 2
            voxels += try ChestPhantom(seed: UInt64(patient) + 1).render(on: grid).ct.lps().voxels[
                (slice * 4096)..<((slice + 1) * 4096)]
        }
        let stack = try CTVolume(
            grid: Grid(
                size: GridSize(i: 64, j: 64, k: 20), affine: Affine(order: .lps, spacing: Spacing(i: 5, j: 5, k: 2))),
            voxels: voxels)
        #expect(!SliceRelation(stack).isVolume)
    }

    @Test func oneSliceIsAVolumeOfOne() throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 32, j: 32, k: 1))
        #expect(SliceRelation(try ChestPhantom().render(on: grid).ct.lps()).isVolume)
    }
}
