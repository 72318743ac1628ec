/// Chooses where the patches of a finding lie.
struct LesionPlacement {
    private let thorax = Thorax.standard
    private var random: RandomSequence
    private let seed: UInt64
    private let stream: UInt64

    init(seed: UInt64, finding index: Int) {
        self.seed = seed
        stream = 100 &+ UInt64(index)
        random = RandomSequence(seed: seed, stream: stream)
    }

    mutating func shape(for finding: PhantomFinding) -> LesionShape {
        switch finding.kind {
        case .pleuralEffusion: .effusion(EffusionLayer(sides: finding.location.sides))
        case .groundGlass:
            // Peripheral: centres on the pleura.
            .patches(cluster(finding, mlPerPatch: 12, most: 16, inset: 1...6, unevenness: 0.6, grain: 12))
        case .consolidation:
            .patches(cluster(finding, mlPerPatch: 40, most: 5, inset: 8...22, unevenness: 0.45, grain: 13))
        }
    }

    private mutating func cluster(
        _ finding: PhantomFinding, mlPerPatch: Double, most: Int, inset: ClosedRange<Double>, unevenness: Double,
        grain: Double
    ) -> PatchCluster {
        let sides = finding.location.sides
        let wanted = (finding.volume / mlPerPatch).rounded(.up)
        let count = max(sides.count, Int(min(Double(most), max(1, wanted))))
        let patches = (0..<count).map { index in
            let side = sides[index % sides.count]
            let depth = random.uniform(inset)
            return PatchCluster.Patch(
                side: side, center: place(side, finding.zone, depth: depth), size: random.uniform(14...26))
        }
        return PatchCluster(
            patches: patches, unevenness: unevenness, grain: grain,
            noise: ValueNoise(seed: seed, stream: stream &+ 1000))
    }

    /// A place that deep below the pleura, at the outer and hind wall rather than the front or the mediastinum.
    private mutating func place(_ side: LungSide, _ zone: PhantomFinding.Zone, depth: Double) -> Vector {
        let heights: ClosedRange<Double> =
            switch zone {
            case .upper: 35...95
            case .middle: -25...35
            case .lower: -85 ... -25
            case .anywhere: -75...75
            }
        let start = Vector(side.sign * 65, -15, random.uniform(heights))
        // From straight back to the side and a little to the front.
        let angle = random.uniform(-0.15...1.9)
        let direction = Vector(side.sign * PhantomMath.sine(angle), -PhantomMath.cosine(angle), 0)
        var inside = 0.0
        var outside = 160.0
        for _ in 0..<30 {
            let middle = (inside + outside) / 2
            if thorax.pleuralDepth(side, at: start + direction * middle) > depth {
                inside = middle
            } else {
                outside = middle
            }
        }
        return start + direction * inside
    }
}
