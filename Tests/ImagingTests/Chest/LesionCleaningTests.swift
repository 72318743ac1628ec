import Imaging
import Testing

@Suite struct LesionCleaningTests {
    /// 40×10 voxels of 2 mm in 3 slices of 5 mm; lungs are columns 10 to 19.
    let grid: Grid
    let lungs: LabelVolume
    var labels: LabelVolume

    init() throws {
        grid = try Grid(
            size: GridSize(i: 40, j: 10, k: 3), affine: Affine(order: .lps, spacing: Spacing(i: 2, j: 2, k: 5)))
        lungs = try LabelVolume(
            grid: grid, voxels: (0..<1200).map { 10..<20 ~= $0 % 40 ? 1 : 0 })
        labels = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: 1200))
    }

    private func row(_ columns: Range<Int>, _ label: UInt8, of labels: inout LabelVolume) {
        for i in columns { for j in 3..<6 { labels[i, j, 1] = label } }
    }

    @Test func lesionsReachAFewMillimetresBeyondTheLungs() throws {
        var labels = labels
        row(16..<35, 1, of: &labels)
        let cleaned = try LesionCleaning(reach: 5, smallest: 0).cleaned(labels, lungs: lungs)
        // Two voxels of 2 mm lie within 5 mm of column 19.
        #expect((0..<40).filter { cleaned[$0, 4, 1] == 1 } == Array(16..<22))
    }

    @Test func aLesionThatLiesMostlyInTheLungsStaysWhole() throws {
        var labels = labels
        // 14 of 24 columns lie within reach, then 14 of 29.
        row(2..<22, 1, of: &labels)
        row(22..<26, 2, of: &labels)
        let whole = try LesionCleaning(reach: 5, smallest: 0).cleaned(labels, lungs: lungs)
        #expect((0..<40).filter { whole[$0, 4, 1] != 0 } == Array(2..<26))
        row(26..<31, 2, of: &labels)
        let clipped = try LesionCleaning(reach: 5, smallest: 0).cleaned(labels, lungs: lungs)
        #expect((0..<40).filter { clipped[$0, 4, 1] != 0 } == Array(8..<22))
    }

    @Test func anEffusionThatTouchesTheLungsStaysWhole() throws {
        var labels = labels
        row(18..<34, 3, of: &labels)
        row(36..<40, 3, of: &labels)
        row(0..<4, 2, of: &labels)
        let cleaned = try LesionCleaning(reach: 5, smallest: 0, effusion: 3).cleaned(labels, lungs: lungs)
        #expect((0..<40).filter { cleaned[$0, 4, 1] != 0 } == Array(18..<34))
        let asLesion = try LesionCleaning(reach: 5, smallest: 0).cleaned(labels, lungs: lungs)
        #expect((0..<40).filter { asLesion[$0, 4, 1] != 0 } == Array(18..<22))
    }

    @Test func specksGoInVolumesOnly() throws {
        var labels = labels
        // Two voxels of 20 µl each, and a block of nine.
        labels[12, 0, 0] = 1
        labels[12, 1, 0] = 1
        row(15..<18, 1, of: &labels)
        let cleaning = LesionCleaning(reach: 5, smallest: 0.05)
        #expect(try cleaning.cleaned(labels, lungs: lungs).voxels.count { $0 != 0 } == 9)
        #expect(try cleaning.cleaned(labels, lungs: lungs, arrangement: .unrelated).voxels.count { $0 != 0 } == 11)
    }

    @Test func theLungsMustLieOnTheSameGrid() throws {
        let other = try LabelVolume(
            grid: Grid(
                size: GridSize(i: 40, j: 10, k: 3), affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 2, k: 5))),
            voxels: lungs.voxels)
        #expect(throws: ImagingError.self) { try LesionCleaning().cleaned(labels, lungs: other) }
    }

    /// Two lungs, a gas bubble, and a lesion that the lung model missed.
    @Test func lungsAreLargeAndHaveNoHoles() throws {
        var found = try LabelVolume(
            grid: grid, voxels: (0..<1200).map { 2..<12 ~= $0 % 40 || 20..<30 ~= $0 % 40 ? 1 : 0 })
        found[6, 5, 1] = 0
        for k in 0..<3 { found[24, 5, k] = 0 }
        for i in 34..<38 { for j in 2..<6 { found[i, j, 1] = 1 } }
        let volume = try found.cleanedLungs(.volume)
        #expect(volume[6, 5, 1] == 1, "enclosed in the volume")
        #expect(volume[24, 5, 1] == 0, "open at both ends")
        #expect(volume[35, 3, 1] == 0, "less than a tenth")
        let slices = try found.cleanedLungs(.unrelated)
        #expect(slices[6, 5, 1] == 1 && slices[24, 5, 1] == 1 && slices[35, 3, 1] == 1)
    }
}
