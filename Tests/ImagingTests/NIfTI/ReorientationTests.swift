import Imaging
import Testing

/// Voxels keep their value and their place in the patient, whatever the order they are stored in.
@Suite struct ReorientationTests {
    /// Larger than a tile of the copy along every axis, and no multiple of it.
    private static let size = GridSize(i: 67, j: 70, k: 130)

    @Test(arguments: VoxelOrder.allCases)
    func everyVoxelKeepsItsPlace(order: VoxelOrder) throws {
        let grid = try Grid(
            size: Self.size,
            affine: Affine(
                order: order, spacing: Spacing(i: 0.5, j: 0.75, k: 2), origin: WorldPoint(x: 3, y: -4, z: 5)))
        let voxels = (0..<grid.size.voxels).map { Int32($0) }
        let volume = try Volume<Int32, AsStored>(grid: grid, voxels: voxels)
        let lps = volume.lps()
        #expect(lps.grid.order == .lps)
        var wrong: String?
        for k in 0..<lps.grid.size.k {
            for j in 0..<lps.grid.size.j {
                for i in 0..<lps.grid.size.i where wrong == nil {
                    // The number of a voxel says where it was; all lengths are sums of powers of two, hence exact.
                    let number = Int(lps[i, j, k])
                    let old = GridPoint(
                        i: Double(number % Self.size.i), j: Double(number / Self.size.i % Self.size.j),
                        k: Double(number / (Self.size.i * Self.size.j)))
                    let place = lps.grid.affine.world(of: GridPoint(i: Double(i), j: Double(j), k: Double(k)))
                    if place != grid.affine.world(of: old) { wrong = "(\(i), \(j), \(k)) holds voxel \(number)" }
                }
            }
        }
        #expect(wrong == nil)
        let back = try lps.stored(in: order)
        #expect(back.grid == grid)
        #expect(zip(back.voxels, voxels).enumerated().first { $0.element.0 != $0.element.1 }?.offset == nil)
    }

    @Test(arguments: [UInt8.self, Int16.self, Float.self] as [any Counted.Type])
    func everyWidthIsMoved(type: any Counted.Type) throws {
        try checkWidth(type)
    }

    private func checkWidth<Voxel: Counted>(_: Voxel.Type) throws {
        let order = try #require(VoxelOrder("SAR"))
        let grid = try Grid(
            size: GridSize(i: 2, j: 3, k: 4), affine: Affine(order: order, spacing: Spacing(i: 1, j: 1, k: 1)))
        let volume = try Volume<Voxel, AsStored>(grid: grid, voxels: (0..<24).map { Voxel(number: $0) })
        let lps = volume.lps()
        // i of LPS is k backwards, j is j backwards, k is i.
        #expect(lps[0, 0, 0] == Voxel(number: (3 * 3 + 2) * 2))
        #expect(lps[3, 0, 1] == Voxel(number: 2 * 2 + 1))
        #expect(lps[1, 2, 1] == Voxel(number: 2 * 3 * 2 + 1))
        #expect(try lps.stored(in: order).voxels == volume.voxels)
    }

    /// A grid turned by 45° has two nearest orders; it must still be LPS after the way there.
    @Test func aTieBetweenOrdersStaysDecided() throws {
        let half = 0.5.squareRoot()
        for (x, y) in [(half, half), (half, -half), (-half, half), (-half, -half)] {
            let grid = try Grid(
                size: GridSize(i: 2, j: 3, k: 4),
                affine: Affine(i: [x, y, 0], j: [-y, x, 0], k: [0, 0, -1], origin: [0, 0, 0]))
            let lps = try Volume<UInt8, AsStored>(grid: grid, voxels: Array(0..<24)).lps()
            #expect(lps.grid.order == .lps)
            _ = try LabelVolume(grid: lps.grid, voxels: lps.voxels)
        }
    }
}

/// Voxels made from small whole numbers.
protocol Counted: VoxelValue {
    init(number: Int)
}
extension UInt8: Counted { init(number: Int) { self = UInt8(number) } }
extension Int16: Counted { init(number: Int) { self = Int16(number) } }
extension Float: Counted { init(number: Int) { self = Float(number) } }
