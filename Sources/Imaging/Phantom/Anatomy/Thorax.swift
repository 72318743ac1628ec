/// The shapes that bound the lungs: chest wall, mediastinum, heart, spine, diaphragm. The same in every phantom; all in
/// mm from a point in the middle of the chest.
struct Thorax: Sendable {
    static let standard = Thorax()

    let heart: [Ellipsoid]
    /// The heart with the fat around it: what the lungs touch.
    private let pericardium: [Ellipsoid]

    private init() {
        heart = [
            // Ventricles: the long axis points to the left, the front and down.
            Ellipsoid(center: [-27, 25, -46], radii: [64, 44, 42], direction: [-0.72, 0.5, -0.42]),
            // Right atrium, the right border of the heart.
            Ellipsoid(center: [20, 12, -36], radii: [27, 40, 32]),
            // Left atrium, in front of the spine.
            Ellipsoid(center: [-6, -14, -28], radii: [36, 24, 22]),
        ]
        pericardium = heart.map { $0.grown(by: 4) }
    }

    // MARK: Body

    /// Depth below the skin, mm.
    @inline(__always) func bodyDepth(at p: Vector) -> Double {
        let ramp = PhantomMath.ramp(p.z, from: 30, to: 155)
        let rise = ramp * ramp * (3 - 2 * ramp)
        let outline = Ellipse.depth(
            x: p.x, y: p.y + 6 + 6 * rise, radiusX: 166 + 9 * rise, radiusY: 118 - 20 * rise, squareness: 0.2)
        // The back is flat where it lies on the table.
        return min(outline, p.y + 118)
    }

    /// Depth inside the rib cage, mm: it holds lungs, mediastinum and upper abdomen.
    @inline(__always) func cavityDepth(at p: Vector) -> Double {
        let rise = PhantomMath.ramp(p.z, from: -60, to: 130)
        let narrowing = rise * rise
        // Two overlapping halves: the cage is dented at the sternum and more so at the spine.
        let offset = 40 - 10 * narrowing
        let y = p.y + 8 + 6 * narrowing
        return Ellipse.depth(
            x: abs(p.x) - offset, y: y, radiusX: 98 - 34 * narrowing,
            radiusY: (y > 0 ? 90 : 83) * (1 - 0.2 * narrowing), squareness: 0.15)
    }

    // MARK: Lungs

    static func pleuralBounds(_ side: LungSide) -> Box {
        side == .right
            ? Box(lower: [0, -92, -150], upper: [140, 86, 130]) : Box(lower: [-140, -92, -150], upper: [0, 86, 130])
    }

    /// Depth inside the pleural space of one side, mm: the lung and whatever fluid lies around it.
    @inline(__always) func pleuralDepth(_ side: LungSide, at p: Vector) -> Double {
        pleuralDepth(side, at: p, cavityDepth: cavityDepth(at: p))
    }

    /// The same for a place whose depth inside the rib cage is known.
    @inline(__always) func pleuralDepth(_ side: LungSide, at p: Vector, cavityDepth: Double) -> Double {
        // Cheapest and most often decisive first: far outside any one of them, the rest does not matter.
        var depth = min(cavityDepth, p.x * side.sign - 1)
        if depth < -8 { return depth }
        depth = min(depth, aboveDiaphragm(side, at: p), cupolaDepth(side, at: p))
        if depth < -8 { return depth }
        return min(depth, -mediastinumDepth(at: p), -heartDepth(at: p))
    }

    /// Depth under the cupola that closes the pleural space at the neck.
    @inline(__always) private func cupolaDepth(_ side: LungSide, at p: Vector) -> Double {
        let q = Vector(p.x - side.sign * 58, p.y + 12, max(0, p.z + 50)) / Vector(86, 116, 178)
        let twice = q / Vector(86, 116, 178)
        let distance = q.dot(q).squareRoot()
        return distance * (1 - distance) / max(twice.dot(twice).squareRoot(), 1e-9)
    }

    /// Depth inside the middle of the chest without the heart, mm: great vessels, trachea, oesophagus, spine, and fat.
    @inline(__always) func mediastinumDepth(at p: Vector) -> Double {
        let low = PhantomMath.ramp(p.z, from: 0, to: -40)
        let high = PhantomMath.ramp(p.z, from: 60, to: 110)
        let septum = Ellipse.depth(x: p.x + 2, y: p.y - 4, radiusX: 12 + 6 * high, radiusY: 90)
        let front = max(
            septum,
            Ellipse.depth(x: p.x - 2 + 4 * low, y: p.y - 6, radiusX: 34 - 8 * low, radiusY: 44 + 8 * high))
        let back = Ellipse.depth(x: p.x + 9, y: p.y + 42, radiusX: 27 - 8 * high, radiusY: 26)
        let spine = Ellipse.depth(x: p.x, y: p.y - Skeleton.spineY(p.z) + 4, radiusX: 23, radiusY: 24, squareness: 0.4)
        return max(front, back, spine)
    }

    @inline(__always) func heartDepth(at p: Vector) -> Double {
        if p.z > 22 { return -20 }
        return max(pericardium[0].depth(at: p), pericardium[1].depth(at: p), pericardium[2].depth(at: p))
    }

    // MARK: Diaphragm

    /// Height of the diaphragm's dome on one side, mm: higher on the right, over the liver.
    @inline(__always) func diaphragmHeight(_ side: LungSide, x: Double, y: Double) -> Double {
        let u = (x - side.sign * 66) / 88
        let v = (y - 22) / (y > 22 ? 90 : 102)
        return (side == .right ? -56 : -74) - 68 * (u * u + v * v)
    }

    /// Distance above the diaphragm of one side, mm.
    @inline(__always) func aboveDiaphragm(_ side: LungSide, at p: Vector) -> Double {
        let slopeX = (p.x - side.sign * 66) * (136 / (88.0 * 88))
        let slopeY = (p.y - 22) * (136 / (p.y > 22 ? 90.0 * 90 : 102 * 102))
        return (p.z - diaphragmHeight(side, x: p.x, y: p.y)) / (1 + slopeX * slopeX + slopeY * slopeY).squareRoot()
    }

    /// Distance above the diaphragm as a whole, mm.
    @inline(__always) func aboveDiaphragm(at p: Vector) -> Double {
        min(aboveDiaphragm(.right, at: p), aboveDiaphragm(.left, at: p))
    }
}
