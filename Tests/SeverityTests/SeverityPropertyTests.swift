import Imaging
import Severity
import Testing

/// Scores of random scans: against the definitions written out voxel by voxel, and what must hold for any of them.
@Suite struct SeverityPropertyTests {
    /// Random boxes as lungs, lesions in, beside and far from them.
    static func random(seed: UInt64) throws -> HandMadeScan {
        var random = SeededRandom(seed: seed)
        let (ni, nj, nk) = (12 + random.below(8), 6 + random.below(6), 2 + random.below(9))
        let middle = ni / 2
        let edges = (0..<4).map { _ in 1 + random.below(2) }
        let lesion = (i: random.below(ni), j: random.below(nj), k: random.below(nk), reach: 1 + random.below(3))
        var noise = SeededRandom(seed: seed ^ 99)
        return try HandMadeScan(
            ni, nj, nk,
            spacing: Spacing(i: 0.5 + Double(random.below(10)), j: 1.5, k: 0.7 + Double(random.below(4))),
            hounsfield: { _, _, _ in Int16(noise.below(1200)) - 1000 },
            lungs: { i, j, k in
                guard j >= edges[0], j < nj - edges[1] else { return 0 }
                if i >= edges[2], i < middle - 1 { return 1 }
                return i > middle && i < ni - edges[3] && k > 0 ? 2 : 0
            },
            lesions: { i, j, k in
                let near = max(abs(i - lesion.i), abs(j - lesion.j), abs(k - lesion.k)) <= lesion.reach
                return near ? UInt8(1 + noise.below(3)) : noise.below(40) == 0 ? UInt8(1 + noise.below(3)) : 0
            })
    }

    @Test(arguments: UInt64(1)...40)
    func agreesWithTheDefinitions(seed: UInt64) throws {
        let scan = try Self.random(seed: seed)
        let scores = try scan.scores()
        let expected = NaiveScores(scan)
        if scan.grid.size.k > 1 {
            #expect(isClose(scores.percentageOfOpacity.value, expected.percentageOfOpacity), "seed \(seed)")
            #expect(isClose(scores.percentageOfHighOpacity.value, expected.percentageOfHighOpacity), "seed \(seed)")
            #expect(isClose(scores.addedToLungs.value, expected.addedVolume), "seed \(seed)")
            #expect(isClose(scores.tissues.opacity.mean.value, expected.meanOfOpacity), "seed \(seed)")
            for zone in scores.zones {
                let index = zone.third == .lower ? 0 : zone.third == .middle ? 1 : 2
                let share = expected.zoneShares[zone.side == .right ? 0 : 1][index]
                #expect(
                    share.map { isClose(zone.percentageOfOpacity.value, 100 * $0) }
                        ?? (zone.percentageOfOpacity == .notApplicable(.noLung)), "seed \(seed), \(zone)")
            }
        }
        #expect(scores.slices.all.map(\.opacityVoxels) == expected.opacityBySlice, "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...20)
    func anyScoresKeepTheirBounds(seed: UInt64) throws {
        let scan = try Self.random(seed: seed)
        for facts in [ScanFacts(), ScanFacts(slices: .unrelated)] {
            let scores = try scan.scores(facts, binary: scan.lesions.map { $0 == 1 ? 1 : 0 })
            let shares =
                scores.zones.map(\.percentageOfOpacity) + scores.lungs.flatMap { [$0.percentageOfOpacity] }
                + [scores.percentageOfOpacity] + scores.slices.all.map(\.percentageOfOpacity)
            #expect(shares.allSatisfy { (0...100).contains($0.value ?? 0) }, "seed \(seed)")
            #expect(
                (0...24).contains(scores.zoneScore.value ?? 0) && (0...1).contains(scores.agreement.dice.value ?? 0))
            if let all = scores.percentageOfOpacity.value, let dense = scores.percentageOfHighOpacity.value {
                #expect(dense <= all, "seed \(seed)")
            }
        }
    }

    @Test(arguments: UInt64(1)...10)
    func orderOfUnrelatedSlicesDoesNotMatter(seed: UInt64) throws {
        let scan = try Self.random(seed: seed)
        let plane = scan.grid.size.i * scan.grid.size.j
        var random = SeededRandom(seed: seed)
        var order = Array(0..<scan.grid.size.k)
        for index in order.indices.reversed() { order.swapAt(index, random.below(index + 1)) }
        func permuted<Value>(_ voxels: [Value]) -> [Value] { order.flatMap { voxels[$0 * plane..<($0 + 1) * plane] } }
        var other = scan
        (other.ct, other.lungs, other.lesions) = (permuted(scan.ct), permuted(scan.lungs), permuted(scan.lesions))
        let facts = ScanFacts(slices: .unrelated)
        let (before, after) = (try scan.scores(facts), try other.scores(facts))
        for (place, slice) in order.enumerated() {
            let (a, b) = (after.slices.all[place], before.slices.all[slice])
            #expect(a.percentageOfOpacity == b.percentageOfOpacity && a.lungArea == b.lungArea, "seed \(seed)")
            #expect(a.percentageOfHighOpacity == b.percentageOfHighOpacity, "seed \(seed)")
        }
        #expect(before.slices.affected == after.slices.affected && before.remarks == after.remarks, "seed \(seed)")
    }

    /// Inside the lungs, where a part's connection to them does not depend on the other.
    @Test(arguments: UInt64(1)...10)
    func partsOfALesionAddUp(seed: UInt64) throws {
        var scan = try Self.random(seed: seed)
        scan.lesions = zip(scan.lesions, scan.lungs).map { $1 == 0 ? 0 : $0 }
        var random = SeededRandom(seed: seed)
        let side = scan.lesions.map { _ in random.below(2) == 0 }
        var (one, other) = (scan, scan)
        one.lesions = zip(scan.lesions, side).map { $1 ? $0 : 0 }
        other.lesions = zip(scan.lesions, side).map { $1 ? 0 : $0 }
        let (whole, a, b) = (try scan.scores(), try one.scores(), try other.scores())
        func sum(_ score: (SeverityScores) -> Score<Double>) -> Double {
            (score(a).value ?? .nan) + (score(b).value ?? .nan)
        }
        #expect(isClose(whole.percentageOfOpacity.value, sum(\.percentageOfOpacity)), "seed \(seed)")
        #expect(isClose(whole.percentageOfHighOpacity.value, sum(\.percentageOfHighOpacity)), "seed \(seed)")
        #expect(isClose(whole.tissues.groundGlass.volume.value, sum(\.tissues.groundGlass.volume)), "seed \(seed)")
        #expect(isClose(whole.tissues.pleuralEffusion.volume.value, sum(\.tissues.pleuralEffusion.volume)))
    }

    @Test func threadsDoNotMatter() throws {
        let scan = try Self.random(seed: 5)
        let serial = try Parallel.$isSerial.withValue(true) { try scan.scores() }
        #expect(try scan.scores() == serial)
    }
}

/// The definitions, the slow and plain way, for straight grids.
struct NaiveScores {
    private(set) var percentageOfOpacity = 0.0
    private(set) var percentageOfHighOpacity = 0.0
    private(set) var addedVolume = 0.0
    private(set) var meanOfOpacity = 0.0
    /// Right, left; lower, middle, upper. nil without lung.
    private(set) var zoneShares: [[Double?]] = []
    private(set) var opacityBySlice: [Int] = []

    init(_ scan: HandMadeScan) {
        let size = scan.grid.size
        func place(_ voxel: Int) -> (i: Int, j: Int, k: Int) {
            (voxel % size.i, voxel / size.i % size.j, voxel / (size.i * size.j))
        }
        func isOpacity(_ voxel: Int) -> Bool { scan.lesions[voxel] == 1 || scan.lesions[voxel] == 2 }
        // Lung grows into neighbouring opacity until nothing changes.
        var region = scan.lungs
        var waiting = scan.lungs.indices.filter { scan.lungs[$0] != 0 }
        while let voxel = waiting.popLast() {
            let at = place(voxel)
            for k in max(at.k - 1, 0)...min(at.k + 1, size.k - 1) {
                for j in max(at.j - 1, 0)...min(at.j + 1, size.j - 1) {
                    for i in max(at.i - 1, 0)...min(at.i + 1, size.i - 1) {
                        let next = (k * size.j + j) * size.i + i
                        if region[next] == 0, isOpacity(next) {
                            region[next] = 3
                            waiting.append(next)
                        }
                    }
                }
            }
        }
        // The side of what was added: the nearer centre in mm.
        let spacing = scan.grid.spacing
        func millimetres(_ voxel: Int) -> SIMD3<Double> {
            let at = place(voxel)
            return [Double(at.i) * spacing.i, Double(at.j) * spacing.j, Double(at.k) * spacing.k]
        }
        func center(_ side: UInt8) -> SIMD3<Double> {
            let own = scan.lungs.indices.filter { scan.lungs[$0] == side }
            return own.map(millimetres).reduce(SIMD3(), +) / Double(own.count)
        }
        let (right, left) = (center(1), center(2))
        for voxel in region.indices where region[voxel] == 3 {
            addedVolume += scan.grid.voxelVolume
            func distance(_ point: SIMD3<Double>) -> Double {
                let d = millimetres(voxel) - point
                return (d * d).sum()
            }
            region[voxel] = distance(left) < distance(right) - 1e-9 ? 2 : 1
        }
        let lung = region.indices.filter { region[$0] != 0 }
        let opacity = lung.filter(isOpacity)
        let values = opacity.map { Int(scan.ct[$0]) }
        percentageOfOpacity = 100 * Double(opacity.count) / Double(lung.count)
        percentageOfHighOpacity = 100 * Double(values.count { $0 >= -200 }) / Double(lung.count)
        meanOfOpacity = Double(values.reduce(0, +)) / Double(values.count)
        opacityBySlice = (0..<size.k).map { k in opacity.count { place($0).k == k } }
        zoneShares = [UInt8(1), 2].map { side in
            let own = lung.filter { region[$0] == side }
            guard let lowest = own.map({ place($0).k }).min(), let highest = own.map({ place($0).k }).max() else {
                return [nil, nil, nil]
            }
            return (0..<3).map { third in
                let inZone = own.filter {
                    Int((Double(place($0).k - lowest) + 0.5) / Double(highest - lowest + 1) * 3) == third
                }
                return inZone.isEmpty ? nil : Double(inZone.count(where: isOpacity)) / Double(inZone.count)
            }
        }
    }
}
