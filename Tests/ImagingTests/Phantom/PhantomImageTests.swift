import Imaging
import Testing

@Suite struct PhantomImageTests {
    static let size = GridSize(i: 128, j: 128, k: 64)

    @Test func sameSeedSameBitsWhateverTheThreads() throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 64, j: 64, k: 20))
        let first = try ChestPhantom(seed: 9, findings: PhantomFinding.moderate).render(on: grid, threads: 1)
        for threads in [2, 7, nil] {
            let again = try ChestPhantom(seed: 9, findings: PhantomFinding.moderate).render(on: grid, threads: threads)
            #expect(firstDifference(first.ct.voxels, again.ct.voxels) == nil)
            #expect(firstDifference(first.lesions.voxels, again.lesions.voxels) == nil)
            #expect(firstDifference(first.lungs.voxels, again.lungs.voxels) == nil)
        }
    }

    @Test func anotherSeedIsAnotherPatientWithTheSameLungs() throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 64, j: 64, k: 20))
        let findings = [PhantomFinding(.groundGlass, volume: 200)]
        let first = try ChestPhantom(seed: 1, noise: 0, findings: findings).render(on: grid)
        let second = try ChestPhantom(seed: 2, noise: 0, findings: findings).render(on: grid)
        #expect(firstDifference(first.ct.voxels, second.ct.voxels) != nil)
        #expect(firstDifference(first.lesions.voxels, second.lesions.voxels) != nil)
        #expect(firstDifference(first.lungs.voxels, second.lungs.voxels) == nil)
    }

    @Test func labelsAgreeWithHounsfieldUnits() throws {
        let findings = PhantomFinding.moderate
        let rendering = try ChestPhantom(noise: 0, findings: findings).render(
            on: try ChestPhantom.grid(size: GridSize(i: 180, j: 180, k: 150)))
        func median(where isMember: (Int) -> Bool) -> Int16 {
            let values = rendering.ct.voxels.indices.filter(isMember).map { rendering.ct.voxels[$0] }.sorted()
            return values.isEmpty ? .min : values[values.count / 2]
        }
        let (lesions, lungs) = (rendering.lesions.voxels, rendering.lungs.voxels)
        #expect((-650 ... -480).contains(median { lesions[$0] == 1 }))
        #expect((20...50).contains(median { lesions[$0] == 2 }))
        #expect((5...15).contains(median { lesions[$0] == 3 }))
        #expect((-890 ... -810).contains(median { lesions[$0] == 0 && lungs[$0] == 1 }))
        #expect((-890 ... -810).contains(median { lesions[$0] == 0 && lungs[$0] == 2 }))
        let misplaced = lesions.indices.count { index in
            lesions[index] == 3 ? lungs[index] != 0 : lesions[index] != 0 && lungs[index] == 0
        }
        #expect(misplaced == 0)
    }

    @Test func lungsGetDenserTowardsTheBack() throws {
        let rendering = try ChestPhantom(noise: 0).render(on: try ChestPhantom.grid(size: Self.size))
        func mean(_ rows: Range<Int>) -> Double {
            var (sum, count) = (0.0, 0.0)
            for k in 0..<Self.size.k {
                for j in rows {
                    for i in 0..<Self.size.i where rendering.lungs[i, j, k] != 0 && rendering.ct[i, j, k] < -780 {
                        sum += Double(rendering.ct[i, j, k])
                        count += 1
                    }
                }
            }
            return sum / count
        }
        #expect(mean(70..<90) - mean(35..<50) > 10)
    }

    @Test func noiseHasItsStrengthAndTexture() throws {
        let grid = try ChestPhantom.grid(size: Self.size)
        let clean = try ChestPhantom(seed: 4, noise: 0).render(on: grid).ct
        let noisy = try ChestPhantom(seed: 4, noise: 25).render(on: grid).ct
        var (square, along, across, count) = (0.0, 0.0, 0.0, 0.0)
        // Inside the body, where no value is cut off at −1024.
        for k in 0..<Self.size.k - 1 {
            for j in 45..<85 {
                for i in 30..<98 where clean[i, j, k] > -900 && clean[i + 1, j, k] > -900 {
                    let here = Double(noisy[i, j, k]) - Double(clean[i, j, k])
                    square += here * here
                    along += here * (Double(noisy[i + 1, j, k]) - Double(clean[i + 1, j, k]))
                    across += here * (Double(noisy[i, j, k + 1]) - Double(clean[i, j, k + 1]))
                    count += 1
                }
            }
        }
        #expect(count > 50_000)
        #expect(abs((square / count).squareRoot() / 25 - 1) < 0.02)
        #expect((0.4...0.8).contains(along / square))
        #expect(abs(across / square) < 0.03)
    }

    @Test(arguments: [GridSize(i: 32, j: 32, k: 16), GridSize(i: 96, j: 96, k: 1), GridSize(i: 1, j: 1, k: 1)])
    func smallGridsWork(size: GridSize) throws {
        let phantom = try ChestPhantom(findings: PhantomFinding.moderate)
        let rendering = try phantom.render(on: try ChestPhantom.grid(size: size))
        #expect(rendering.ct.voxels.count == size.voxels)
        if size.voxels > 1 {
            #expect(Set(rendering.lungs.voxels) == [0, 1, 2])
            #expect(rendering.ct.voxels.contains { $0 > 300 })
            #expect(rendering.ct.voxels.contains { $0 < -970 })
        }
    }

    @Test func aSliceIsTheSameAloneAndInAVolume() throws {
        let phantom = try ChestPhantom(noise: 0, findings: PhantomFinding.moderate)
        let spacing = Spacing(i: 4, j: 4, k: 2)
        let volume = try phantom.render(
            on: try ChestPhantom.grid(size: GridSize(i: 80, j: 80, k: 3), spacing: spacing)
        ).ct
        let single = try phantom.render(
            on: try ChestPhantom.grid(size: GridSize(i: 80, j: 80, k: 1), spacing: spacing)
        ).ct
        #expect(firstDifference(Array(volume.voxels[6400..<12_800]), single.voxels) == nil)
    }
}
