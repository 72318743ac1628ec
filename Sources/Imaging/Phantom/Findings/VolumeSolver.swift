/// Finds the thresholds at which findings have the volumes that were asked for, by counting samples on a fine lattice
/// inside them: a deterministic integral with an error well below one per cent.
struct VolumeSolver {
    private let thorax = Thorax.standard
    private(set) var lesions: [PlacedLesion] = []
    private(set) var truth = PhantomTruth(lung: pleuralVolumes)

    /// Samples inside a lesion, first for a rough and then for the final threshold.
    private static let roughSamples = 2500.0
    private static let finalSamples = 60_000.0

    /// The pleural spaces of the standard thorax in ml.
    static let pleuralVolumes = PhantomTruth.Sides(
        right: pleuralVolume(.right, step: 2), left: pleuralVolume(.left, step: 2))

    /// Integrates the pleural space on a lattice, cells at the surface counted by the part that lies inside.
    private static func pleuralVolume(_ side: LungSide, step: Double) -> Double {
        var sum = 0.0
        Lattice(box: Thorax.pleuralBounds(side), step: step).visit { p in
            sum += min(1, max(0, 0.5 + Thorax.standard.pleuralDepth(side, at: p) / step))
        }
        return sum * step * step * step / 1000
    }

    /// Adds a finding to those before it, whose room it does not take.
    ///
    /// Throws `invalidArgument` when there is no room for so large a lesion.
    mutating func add(_ finding: PhantomFinding, shape: LesionShape) throws(ImagingError) {
        let volume = finding.volume * 1000
        let rough = try threshold(
            finding, shape: shape, step: PhantomMath.cubeRoot(volume / Self.roughSamples), limit: nil)
        var step = PhantomMath.cubeRoot(volume / Self.finalSamples)
        // An effusion is thin, so a coarse lattice misses it, and its box is large, so a fine one takes long.
        if finding.kind == .pleuralEffusion { step = min(1, max(step, 0.7)) }
        let final = try threshold(finding, shape: shape, step: step, limit: rough.value * 1.08 + 0.02)
        lesions.append(PlacedLesion(kind: finding.kind, shape: shape, threshold: final.value))
        truth.add(final.volumes, of: finding.kind)
    }

    /// The threshold at the given lattice step, and the volume on each side.
    private func threshold(
        _ finding: PhantomFinding, shape: LesionShape, step: Double, limit: Double?
    ) throws(ImagingError) -> (value: Double, volumes: PhantomTruth.Sides) {
        let cell = step * step * step
        let wanted = max(1, Int((finding.volume * 1000 / cell).rounded()))
        var reach: Double
        switch shape {
        case .effusion: reach = limit ?? 30
        case .patches: reach = limit ?? 0.3
        }
        while true {
            var samples = samples(shape, step: step, limit: reach)
            if samples.count >= wanted {
                samples.sort { $0.field < $1.field }
                let inside = samples.prefix(wanted)
                let right = Double(inside.count { $0.side == .right }) * cell / 1000
                let volumes = PhantomTruth.Sides(right: right, left: Double(wanted) * cell / 1000 - right)
                return (samples[wanted - 1].field.nextUp, volumes)
            }
            guard reach < 400 else {
                let room = Double(samples.count) * cell / 1000
                throw ImagingError(
                    .invalidArgument, subject: "phantom",
                    message: "There is room for about \(Int(room)) ml of \(finding.kind) where it was asked for, "
                        + "not for \(finding.volume) ml.")
            }
            reach *= 2
        }
    }

    private struct Sample {
        let field: Double
        let side: LungSide
    }

    private func samples(_ shape: LesionShape, step: Double, limit: Double) -> [Sample] {
        var found: [Sample] = []
        switch shape {
        case .effusion(let layer):
            for side in layer.sides {
                Lattice(box: EffusionLayer.bounds(side), step: step).visit { p in
                    let thickness = layer.relativeThickness(at: p)
                    guard thickness > 0 else { return }
                    let field = thorax.cavityDepth(at: p) / thickness
                    if field < limit, isFree(side, p) { found.append(Sample(field: field, side: side)) }
                }
            }
        case .patches(let cluster):
            for (index, patch) in cluster.patches.enumerated() {
                let lung = Thorax.pleuralBounds(patch.side)
                let box = cluster.bounds(of: index, threshold: limit)
                let clipped = Box(
                    lower: pointwiseMax(box.lower, lung.lower), upper: pointwiseMin(box.upper, lung.upper))
                // One lattice for all patches, each sample counted for its nearest patch only.
                Lattice(box: clipped, step: step).visit { p in
                    guard let field = cluster.field(patch.side, at: p, below: limit + cluster.unevenness),
                        field.patch == index, field.value < limit, isFree(patch.side, p)
                    else { return }
                    found.append(Sample(field: field.value, side: patch.side))
                }
            }
        }
        return found
    }

    /// Whether a place lies in the pleural space and in no earlier lesion.
    private func isFree(_ side: LungSide, _ p: Vector) -> Bool {
        thorax.pleuralDepth(side, at: p) > 0 && !lesions.contains { $0.depth(side, at: p) > 0 }
    }
}

/// Points at whole multiples of a step (plus a half) within a box.
private struct Lattice {
    let box: Box
    let step: Double

    @inline(__always) func visit(_ body: (Vector) -> Void) {
        func range(_ axis: Int) -> Range<Int> {
            let first = Int((box.lower[axis] / step - 0.5).rounded(.up))
            let last = Int((box.upper[axis] / step - 0.5).rounded(.down))
            return first..<max(first, last + 1)
        }
        for z in range(2) {
            for y in range(1) {
                for x in range(0) {
                    body(Vector(Double(x) + 0.5, Double(y) + 0.5, Double(z) + 0.5) * step)
                }
            }
        }
    }
}
