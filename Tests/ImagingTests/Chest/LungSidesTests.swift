import Imaging
import Testing

@Suite struct LungSidesTests {
    /// 3.6×3.6×5 mm; lungs 1 right, 2 left.
    let truth: LabelVolume
    let ct: CTVolume

    init() throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 100, j: 100, k: 60))
        let rendering = try ChestPhantom(seed: 7).render(on: grid)
        truth = rendering.lungs.lps()
        ct = rendering.ct.lps()
    }

    private func fields(_ lungs: LabelVolume) -> LabelVolume { lungs.mask(where: 1...2) }

    private func wrongVoxels(_ found: LabelVolume) -> Int {
        zip(truth.voxels, found.voxels).count { $0 != 0 && $0 != $1 }
    }

    @Test func lungsApartAreToldByTheirPlace() throws {
        let found = try LungSides.labels(of: fields(truth), midline: ct.bodyMidline)
        #expect(wrongVoxels(found) == 0)
        #expect(zip(truth.voxels, found.voxels).allSatisfy { ($0 == 0) == ($1 == 0) })
    }

    @Test func lungsThatTouchAreCutBetweenTheirCores() throws {
        // A bridge between the lungs, as wide as junction lines are, in the slices where they are nearest.
        let touching = try fields(truth).closed(by: .disc(radius: 24))
        #expect(try touching.keepingLargestComponents(connectivity: .six).boundingBox == touching.boundingBox)
        let found = try LungSides.labels(of: touching, midline: ct.bodyMidline)
        #expect(Double(wrongVoxels(found)) < 0.02 * Double(truth.voxels.count { $0 != 0 }))
        #expect(zip(touching.voxels, found.voxels).allSatisfy { ($0 == 0) == ($1 == 0) })
    }

    @Test(arguments: LungSide.allCases) func aLungAloneIsOnItsOwnSide(_ side: LungSide) throws {
        let found = try LungSides.labels(of: truth.mask(of: side.rawValue), midline: ct.bodyMidline)
        #expect(zip(truth.voxels, found.voxels).allSatisfy { $1 == ($0 == side.rawValue ? side.rawValue : 0) })
    }

    @Test func slicesOfUnrelatedPatientsAreToldOneByOne() throws {
        let found = try LungSides.labels(of: fields(truth), midline: ct.bodyMidline, arrangement: .unrelated)
        #expect(Double(wrongVoxels(found)) < 0.01 * Double(truth.voxels.count { $0 != 0 }))
    }

    @Test func noLungsGiveNoLabels() throws {
        let empty = try LabelVolume(grid: truth.grid, voxels: [UInt8](repeating: 0, count: truth.voxels.count))
        #expect(try LungSides.labels(of: empty, midline: 50).voxels.allSatisfy { $0 == 0 })
    }

    @Test func theMidlineIsTheBodysNotTheSlices() throws {
        let middle = ct.grid.affine.world(of: GridPoint(i: ct.bodyMidline, j: 0, k: 0)).x
        #expect(abs(middle) < 8)
        let air = try CTVolume(grid: ct.grid, voxels: [Int16](repeating: -1000, count: ct.voxels.count))
        #expect(air.bodyMidline == 49.5)
    }
}
