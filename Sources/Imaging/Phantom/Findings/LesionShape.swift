/// A lesion before its size is known: a field that is small in its middle. All points whose field is below a threshold
/// belong to the lesion, so its volume grows evenly with the threshold and can be solved for.
enum LesionShape: Sendable {
    case patches(PatchCluster)
    case effusion(EffusionLayer)
}

/// Irregular round patches: the field is the distance from the nearest centre in units of the patch's size, made uneven.
struct PatchCluster: Sendable {
    struct Patch: Sendable {
        let side: LungSide
        let center: Vector
        /// Radius in mm at threshold 1.
        let size: Double
    }

    let patches: [Patch]
    /// How uneven the border is, in units of the patch's size, and over how many mm.
    let unevenness: Double
    let grain: Double
    let noise: ValueNoise

    /// The field, and which patch is nearest; nil where none on that side is nearer than `limit`.
    @inline(__always)
    func field(_ side: LungSide, at p: Vector, below limit: Double) -> (value: Double, patch: Int)? {
        var best = limit + unevenness
        var nearest = -1
        for index in patches.indices where patches[index].side == side {
            let q = p - patches[index].center
            let reach = best * patches[index].size
            let squared = q.dot(q)
            if squared < reach * reach {
                best = squared.squareRoot() / patches[index].size
                nearest = index
            }
        }
        guard nearest >= 0 else { return nil }
        return (best + unevenness * noise.value(at: p, scale: grain), nearest)
    }

    /// Nothing of one patch lies outside of it at that threshold.
    func bounds(of patch: Int, threshold: Double) -> Box {
        let center = patches[patch].center
        return Box(lower: center, upper: center).grown(by: (threshold + unevenness) * patches[patch].size)
    }
}

/// Free fluid of a patient who lies on the back: a crescent along the hind chest wall, thickest low down, its edge drawn
/// up along the side wall. The field is the distance from the wall over the layer's relative thickness there, so the
/// threshold is the greatest thickness in mm.
struct EffusionLayer: Sendable {
    let sides: [LungSide]

    /// 0...1; the fluid's relative thickness.
    @inline(__always) func relativeThickness(at p: Vector) -> Double {
        let dependent = PhantomMath.ramp(p.y, from: -12, to: -75)
        let low = PhantomMath.ramp(p.z, from: 35, to: -75)
        return dependent * low * (2 - low)
    }

    static func bounds(_ side: LungSide) -> Box {
        var box = Thorax.pleuralBounds(side)
        box.upper.y = -12
        box.upper.z = 35
        return box
    }
}

/// A lesion of known size.
struct PlacedLesion: Sendable {
    let kind: LesionKind
    let shape: LesionShape
    let threshold: Double
    /// Where it can be, for each side, mm.
    let bounds: [(side: LungSide, box: Box)]

    init(kind: LesionKind, shape: LesionShape, threshold: Double) {
        self.kind = kind
        self.shape = shape
        self.threshold = threshold
        switch shape {
        case .effusion(let layer): bounds = layer.sides.map { ($0, EffusionLayer.bounds($0)) }
        case .patches(let cluster):
            bounds = cluster.patches.indices.map {
                (cluster.patches[$0].side, cluster.bounds(of: $0, threshold: threshold).grown(by: 6))
            }
        }
    }

    /// Depth inside the lesion, mm; inside the pleural space the lesion is where it is positive. Far outside, −infinity.
    @inline(__always) func depth(_ side: LungSide, at p: Vector) -> Double {
        guard bounds.contains(where: { $0.side == side && $0.box.contains(p) }) else { return -.infinity }
        switch shape {
        case .effusion(let layer):
            return threshold * layer.relativeThickness(at: p) - Thorax.standard.cavityDepth(at: p)
        case .patches(let cluster):
            guard let field = cluster.field(side, at: p, below: threshold + cluster.unevenness + 0.5) else {
                return -.infinity
            }
            return (threshold - field.value) * cluster.patches[field.patch].size
        }
    }
}
