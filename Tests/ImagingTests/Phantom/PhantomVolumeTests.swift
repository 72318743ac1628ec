import Imaging
import Testing

@Suite struct PhantomVolumeTests {
    /// Grids of ordinary spacing that hold the whole chest, none a multiple of the solver's own lattice.
    static let spacings = [
        Spacing(i: 1.5, j: 1.5, k: 1.5), Spacing(i: 0.9, j: 0.9, k: 2), Spacing(i: 1.9, j: 1.9, k: 1.1),
    ]

    private func grid(_ spacing: Spacing, order: VoxelOrder = .lps) throws -> Grid {
        let size = GridSize(
            i: Int(290 / spacing.i), j: Int(210 / spacing.j), k: Int(290 / spacing.k))
        return try ChestPhantom.grid(size: size, spacing: spacing, order: order)
    }

    private func milliliters(_ volume: Volume<UInt8, AsStored>) -> [Double] {
        var counts = [Int](repeating: 0, count: 4)
        for voxel in volume.voxels { counts[Int(voxel)] += 1 }
        return counts.map { Double($0) * volume.grid.voxelVolume }
    }

    @Test(arguments: zip(spacings, [UInt64(1), 77, 2026]))
    func labelsHoldTheVolumesThatWereAskedFor(spacing: Spacing, seed: UInt64) throws {
        let phantom = try ChestPhantom(seed: seed, noise: 0, findings: PhantomFinding.moderate)
        let rendering = try phantom.render(on: try grid(spacing))
        let lesions = milliliters(rendering.lesions)
        let lungs = milliliters(rendering.lungs)
        func check(_ measured: Double, _ truth: Double, _ what: String) {
            #expect(abs(measured / truth - 1) < 0.01, "\(what): \(measured) ml, true \(truth) ml, seed \(seed)")
        }
        check(lesions[1], 150, "ground glass")
        check(lesions[2], 60, "consolidation")
        check(lesions[3], 250, "effusion")
        check(lungs[1], phantom.truth.lung.right, "right lung")
        check(lungs[2], phantom.truth.lung.left, "left lung")
        for finding in PhantomFinding.moderate {
            check(phantom.truth[finding.kind].total, finding.volume, "\(finding.kind) as reported")
        }
    }

    @Test func smallAndLargeFindingsAreExactToo() throws {
        let findings = [
            PhantomFinding(.groundGlass, volume: 900), PhantomFinding(.groundGlass, volume: 5, location: .left),
            PhantomFinding(.consolidation, volume: 400, location: .left, zone: .upper),
            PhantomFinding(.pleuralEffusion, volume: 500, location: .right),
        ]
        let phantom = try ChestPhantom(seed: 5, noise: 0, findings: findings)
        let lesions = milliliters(try phantom.render(on: try grid(Spacing(i: 1.3, j: 1.3, k: 1.7))).lesions)
        #expect(abs(lesions[1] / 905 - 1) < 0.01, "\(lesions)")
        #expect(abs(lesions[2] / 400 - 1) < 0.01, "\(lesions)")
        #expect(abs(lesions[3] / 500 - 1) < 0.01, "\(lesions)")
    }

    @Test func effusionTakesRoomFromItsLungAndOtherLesionsDoNot() throws {
        let healthy = try ChestPhantom().truth
        let ill = try ChestPhantom(findings: PhantomFinding.moderate).truth
        #expect(healthy.groundGlass.total == 0)
        #expect(healthy.lung.right > healthy.lung.left)
        #expect((4000...7000).contains(healthy.lung.total))
        #expect(ill.lung.right == healthy.lung.right)
        #expect(abs(ill.lung.left + ill.pleuralEffusion.left - healthy.lung.left) < 1e-6)
        #expect(ill.pleuralEffusion.right == 0)
        #expect(ill.consolidation.left == 0)
        #expect(ill.groundGlass.right > 20 && ill.groundGlass.left > 20)
    }

    @Test func theTiltedPatientHasTheSameVolumes() throws {
        let phantom = try ChestPhantom(noise: 0, findings: PhantomFinding.moderate)
        let spacing = Spacing(i: 1.7, j: 1.7, k: 1.7)
        let oblique = try ChestPhantom.grid(
            size: GridSize(i: 190, j: 150, k: 180), spacing: spacing, tilt: [12, -7, 20])
        let lesions = milliliters(try phantom.render(on: oblique).lesions)
        #expect(abs(lesions[1] / 150 - 1) < 0.01, "\(lesions)")
        #expect(abs(lesions[3] / 250 - 1) < 0.01, "\(lesions)")
    }
}
