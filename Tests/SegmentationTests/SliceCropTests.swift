import Imaging
import Segmentation
import Testing

@Suite struct SliceCropTests {
    /// A body of soft tissue in columns 30…69 and rows 20…79 with lungs inside, and a table apart from it.
    static func chest(slices: Int = 3) throws -> (ct: CTVolume, lungs: LabelVolume) {
        let grid = try Grid(
            size: GridSize(i: 100, j: 110, k: slices), affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 5)))
        var ct = try CTVolume(grid: grid, voxels: [Int16](repeating: -1000, count: grid.size.voxels))
        var lungs = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        for k in 0..<slices {
            for i in 10..<90 { ct[i, 95, k] = 100 }
            for j in 20..<80 { for i in 30..<70 { ct[i, j, k] = 40 } }
            // The last slice holds no lung.
            guard k < slices - 1 else { continue }
            for j in 40..<60 {
                for i in 35..<45 {
                    ct[i, j, k] = -850
                    lungs[i, j, k] = 1
                }
            }
        }
        return (ct, lungs)
    }

    @Test func aWholeSliceBecomesSquare() throws {
        let rectangles = try SliceCrop.wholeSlice.rectangles(of: Self.chest().ct)
        #expect(rectangles == [SliceRectangle](repeating: SliceRectangle(i: -5..<105, j: 0..<110), count: 3))
    }

    @Test func theChestIsTheBodyNotTheTable() throws {
        // 60 rows and a margin of 2 on every side.
        let rectangles = try SliceCrop.chest.rectangles(of: Self.chest().ct)
        #expect(rectangles == [SliceRectangle](repeating: SliceRectangle(i: 18..<82, j: 18..<82), count: 3))
    }

    @Test func lungsWhereThereAreSomeElseTheChest() throws {
        let (ct, lungs) = try Self.chest()
        let rectangles = try SliceCrop.lungs.rectangles(of: ct, lungs: lungs)
        // 20 rows and a margin of 1.
        #expect(rectangles[0] == SliceRectangle(i: 29..<51, j: 39..<61))
        #expect(rectangles[2] == SliceRectangle(i: 18..<82, j: 18..<82))
    }

    @Test func airAloneIsSeenWhole() throws {
        let grid = try Grid(
            size: GridSize(i: 8, j: 6, k: 1), affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
        let air = try CTVolume(grid: grid, voxels: [Int16](repeating: -1000, count: 48))
        #expect(try SliceCrop.chest.rectangles(of: air) == [SliceRectangle(i: 0..<8, j: -1..<7)])
    }

    @Test func missingLungsAreAnError() throws {
        #expect(throws: ImagingError.self) { try SliceCrop.lungs.rectangles(of: Self.chest().ct) }
        let fewer = try Self.chest(slices: 2).lungs
        #expect(throws: ImagingError.self) { try SliceCrop.lungs.rectangles(of: Self.chest().ct, lungs: fewer) }
    }
}
