/// A place or direction in the patient, mm: x to the right, y to the front, z to the head.
typealias Vector = SIMD3<Double>

extension Vector {
    @inline(__always) func dot(_ other: Vector) -> Double { (self * other).sum() }
    var length: Double { dot(self).squareRoot() }
    var unit: Vector { self / Swift.max(length, 1e-9) }

    func cross(_ other: Vector) -> Vector {
        [y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x]
    }
}

/// An axis-aligned box in the patient, mm.
struct Box: Sendable {
    var lower: Vector
    var upper: Vector

    var center: Vector { (lower + upper) / 2 }
    var halfExtent: Vector { (upper - lower) / 2 }

    @inline(__always) func contains(_ p: Vector) -> Bool { all(p .>= lower) && all(p .<= upper) }
    @inline(__always) private func all(_ mask: SIMDMask<Vector.MaskStorage>) -> Bool { mask[0] && mask[1] && mask[2] }

    func grown(by margin: Double) -> Box {
        Box(lower: lower - Vector(repeating: margin), upper: upper + Vector(repeating: margin))
    }
}

/// A solid in the patient. Only additions, products, quotients and square roots go into it, which IEEE 754 rounds
/// alike everywhere, so that the same phantom has the same bits on every machine.
protocol Solid: Sendable {
    /// How far inside the surface a point lies, mm; negative outside. Exact to first order near the surface.
    func depth(at p: Vector) -> Double
    /// Nothing of the solid lies outside of it.
    var bounds: Box { get }
}

/// A tube with round ends whose radius changes evenly from one end to the other.
struct Capsule: Solid {
    let start: Vector
    let axis: Vector
    let startRadius: Double
    let radiusChange: Double
    let inverseSquaredLength: Double

    init(from start: Vector, to end: Vector, radius: Double, endRadius: Double? = nil) {
        self.start = start
        axis = end - start
        startRadius = radius
        radiusChange = (endRadius ?? radius) - radius
        inverseSquaredLength = 1 / max(axis.dot(axis), 1e-12)
    }

    var end: Vector { start + axis }
    var largestRadius: Double { max(startRadius, startRadius + radiusChange) }

    @inline(__always) func depth(at p: Vector) -> Double {
        let q = p - start
        let along = min(1, max(0, q.dot(axis) * inverseSquaredLength))
        let off = q - axis * along
        return startRadius + radiusChange * along - off.dot(off).squareRoot()
    }

    var bounds: Box {
        Box(lower: pointwiseMin(start, end), upper: pointwiseMax(start, end)).grown(by: largestRadius)
    }

    /// The same tube, thicker or thinner by some mm.
    func thickened(by margin: Double) -> Capsule {
        Capsule(
            from: start, to: end, radius: max(0.1, startRadius + margin),
            endRadius: max(0.1, startRadius + radiusChange + margin))
    }

    /// Tubes along a line of points.
    static func chain(_ points: [Vector], radius: Double) -> [Capsule] {
        zip(points, points.dropFirst()).map { Capsule(from: $0, to: $1, radius: radius) }
    }
}

/// An ellipsoid with its own axes.
struct Ellipsoid: Solid {
    let center: Vector
    let radii: Vector
    /// Orthogonal unit vectors.
    let axes: (Vector, Vector, Vector)

    /// The first axis points along `direction`, the second lies as nearly along the patient's z as it can.
    init(center: Vector, radii: Vector, direction: Vector = [1, 0, 0]) {
        let first = direction.unit
        let second = (Vector(0, 0, 1) - first * first.z).unit
        self.center = center
        self.radii = radii
        axes = (first, second, first.cross(second))
    }

    @inline(__always) func depth(at p: Vector) -> Double {
        let q = p - center
        let scaled = Vector(q.dot(axes.0), q.dot(axes.1), q.dot(axes.2)) / radii
        let twice = scaled / radii
        let distance = scaled.dot(scaled).squareRoot()
        return distance * (1 - distance) / max(twice.dot(twice).squareRoot(), 1e-9)
    }

    var bounds: Box {
        func squared(_ v: Vector) -> Vector { v * v }
        let extent =
            (squared(axes.0) * radii.x * radii.x + squared(axes.1) * radii.y * radii.y
            + squared(axes.2) * radii.z * radii.z).squareRoot()
        return Box(lower: center - extent, upper: center + extent)
    }

    func grown(by margin: Double) -> Ellipsoid {
        Ellipsoid(center: center, radii: radii + Vector(repeating: margin), direction: axes.0)
    }
}

/// An upright column of elliptic cross-section that may lean forwards or backwards.
struct EllipticColumn: Solid {
    let center: Vector
    /// Half-axes along x and y, half the height along z.
    let halfExtent: Vector
    /// Change of y per mm of z.
    var lean = 0.0

    @inline(__always) func depth(at p: Vector) -> Double {
        let z = p.z - center.z
        let side = Ellipse.depth(
            x: p.x - center.x, y: p.y - center.y - lean * z, radiusX: halfExtent.x, radiusY: halfExtent.y)
        return min(side, halfExtent.z - abs(z))
    }

    var bounds: Box {
        var extent = halfExtent
        extent.y += abs(lean) * halfExtent.z
        return Box(lower: center - extent, upper: center + extent)
    }
}

enum Ellipse {
    /// Depth inside an ellipse whose corners are filled out by `squareness` (0 ellipse, 1 rectangle): the curve
    /// u + v − squareness·u·v = 1 with u = (x/a)², v = (y/b)², divided by its gradient.
    @inline(__always)
    static func depth(x: Double, y: Double, radiusX: Double, radiusY: Double, squareness: Double = 0) -> Double {
        let u = (x / radiusX) * (x / radiusX)
        let v = (y / radiusY) * (y / radiusY)
        // Far outside, the curve has a second branch.
        if max(u, v) > 4 { return min(radiusX, radiusY) * (1 - max(u, v).squareRoot()) }
        let value = u + v - squareness * u * v
        let gradientX = x / (radiusX * radiusX) * (1 - squareness * v)
        let gradientY = y / (radiusY * radiusY) * (1 - squareness * u)
        let root = max(value, 0).squareRoot()
        let gradient = (gradientX * gradientX + gradientY * gradientY).squareRoot()
        guard root > 0.05, gradient > 1e-9 else { return min(radiusX, radiusY) * (1 - root) }
        return root * (1 - root) / gradient
    }
}
