import Imaging
import Testing

@Suite struct ClassicalLungsTests {
    private func phantom(
        _ findings: [PhantomFinding] = [], noise: Double = 14
    ) throws -> (ct: CTVolume, lungs: LabelVolume) {
        let grid = try ChestPhantom.grid(size: GridSize(i: 128, j: 128, k: 60))
        let rendering = try ChestPhantom(seed: 3, noise: noise, findings: findings).render(on: grid)
        return (rendering.ct.lps(), rendering.lungs.lps().mask(where: 1...2))
    }

    private func dice(_ a: LabelVolume, _ b: LabelVolume) -> Double {
        let both = zip(a.voxels, b.voxels).count { $0 != 0 && $1 != 0 }
        return 2 * Double(both) / Double(a.voxels.count { $0 != 0 } + b.voxels.count { $0 != 0 })
    }

    @Test func healthyLungsAreFound() throws {
        let (ct, lungs) = try phantom()
        #expect(dice(try ClassicalLungs().lungs(of: ct), lungs) > 0.95)
        #expect(dice(try ClassicalLungs().lungs(of: ct, arrangement: .unrelated), lungs) > 0.93)
    }

    @Test func denseLungIsMissedWhichTheCheckDoesNotMistakeForAnError() throws {
        let (ct, lungs) = try phantom([PhantomFinding(.consolidation, volume: 600)])
        let check = try LungCheck(lungs, in: ct)
        #expect(check.classical < check.model)
        #expect((check.missedShare ?? 1) < 0.06)
    }

    @Test func aMissedLungIsNoticed() throws {
        let (ct, lungs) = try phantom()
        let right = try LungSides.labels(of: lungs, midline: ct.bodyMidline).mask(of: LungSide.right.rawValue)
        let missed = try #require(try LungCheck(right, in: ct).missedShare)
        #expect(0.35...0.65 ~= missed)
    }

    @Test func whatIsNoChestHasNoLungs() throws {
        let (ct, lungs) = try phantom()
        let water = try CTVolume(grid: ct.grid, voxels: [Int16](repeating: 0, count: ct.voxels.count))
        #expect(try ClassicalLungs().lungs(of: water).voxels.allSatisfy { $0 == 0 })
        let check = try LungCheck(lungs, in: water)
        #expect(check.classical == 0 && check.missedShare == nil)
    }

    @Test(arguments: [14.0, 40, 80]) func noiseIsMeasured(_ sigma: Double) throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 200, j: 200, k: 6))
        let rendering = try ChestPhantom(seed: 3, noise: sigma).render(on: grid)
        let found = try #require(rendering.ct.lps().noise)
        #expect(abs(found - sigma) < 0.3 * sigma, "\(found) HU for \(sigma)")
    }

    @Test func noiseOfAnImageWithoutTissueIsUnknown() throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 64, j: 64, k: 4))
        let air = try CTVolume(grid: grid, voxels: [Int16](repeating: -1000, count: grid.size.voxels))
        #expect(air.noise == nil)
    }
}
