/// Spine, ribs, sternum, scapulae and clavicles: a cortical shell around cancellous bone.
struct Skeleton: Sendable {
    static let standard = Skeleton()

    let vertebrae: [EllipticColumn]
    let disks: [EllipticColumn]
    /// Arches and processes behind the vertebral bodies.
    let arches: [Capsule]
    let canal: [Capsule]
    let ribs: [Capsule]
    let cartilage: [Capsule]
    let sternum: [EllipticColumn]
    let scapulae: [Ellipsoid]
    let clavicles: [Capsule]

    /// y of the vertebral bodies' centres: the thoracic spine curves backwards.
    @inline(__always) static func spineY(_ z: Double) -> Double {
        let t = z / 150
        return -57 - 11 * (1 - min(1, t * t))
    }

    private static let vertebraPitch = 25.0

    private init() {
        let heights = (-8...7).map { Double($0) * Self.vertebraPitch + 4 }
        func lean(_ z: Double) -> Double { (Self.spineY(z + 1) - Self.spineY(z - 1)) / 2 }
        func column(_ z: Double, _ halfExtent: Vector) -> EllipticColumn {
            EllipticColumn(center: [0, Self.spineY(z), z], halfExtent: halfExtent, lean: lean(z))
        }
        // Vertebrae grow towards the loins.
        vertebrae = heights.map { z in
            let growth = 1 - 0.0009 * z
            return column(z, [16.5 * growth, 13 * growth, 10.3])
        }
        disks = heights.map { z in
            let between = z + Self.vertebraPitch / 2
            let growth = 1 - 0.0009 * between
            return column(between, [16 * growth, 12.5 * growth, 2.6])
        }
        canal = zip(heights, heights.dropFirst()).map { low, high in
            Capsule(
                from: [0, Self.spineY(low) - 22, low], to: [0, Self.spineY(high) - 22, high], radius: 8)
        }
        arches = heights.flatMap { Self.arch(at: $0) }
        let cage = RibCage()
        ribs = cage.ribs
        cartilage = cage.cartilage
        sternum = [
            EllipticColumn(center: [0, 91, 12], halfExtent: [15, 5, 52], lean: -0.08),
            EllipticColumn(center: [0, 84, 84], halfExtent: [27, 6, 19], lean: -0.2),
        ]
        scapulae = [1.0, -1.0].map { side in
            Ellipsoid(center: [side * 104, -79, 62], radii: [3.6, 56, 34], direction: [side * 0.6, -0.8, 0.05])
        }
        clavicles = [1.0, -1.0].flatMap { side -> [Capsule] in
            let line: [Vector] = [[18, 74, 104], [45, 72, 112], [80, 50, 120], [112, 18, 128], [140, -5, 136]]
            return Capsule.chain(line.map { Vector(side * $0.x, $0.y, $0.z) }, radius: 6)
        }
    }

    /// Pedicles, laminae, transverse processes and the spinous process, which slopes down.
    private static func arch(at z: Double) -> [Capsule] {
        let y = spineY(z)
        let spinous = Capsule(from: Vector(0, y - 33, z - 5), to: Vector(0, y - 47, z - 22), radius: 3.4)
        return [1.0, -1.0].reduce(into: [spinous]) { arch, side in
            let pedicle = Vector(side * 12, y - 8, z + 3)
            let lamina = Vector(side * 12.5, y - 24, z + 2)
            let transverse = Vector(side * 33, y - 31, z + 4)
            arch.append(Capsule(from: pedicle, to: lamina, radius: 4))
            arch.append(Capsule(from: lamina, to: Vector(0, y - 34, z - 6), radius: 3.6))
            arch.append(Capsule(from: lamina, to: transverse, radius: 4.5))
        }
    }
}

/// Eleven pairs of ribs that follow the chest wall and slope down to the front, and the cartilage that joins the upper
/// ones to the sternum.
private struct RibCage {
    private(set) var ribs: [Capsule] = []
    private(set) var cartilage: [Capsule] = []
    private let thorax = Thorax.standard

    init() {
        for index in 0..<11 {
            for side in [1.0, -1.0] { add(index, side: side) }
        }
    }

    private mutating func add(_ index: Int, side: Double) {
        let head = 124 - 25 * Double(index) + 6
        // The first rib is short and steep; the eleventh floats.
        let drop = index == 0 ? 30 : 62 + 2.5 * Double(index)
        let end = index < 7 ? 2.28 : 2.28 - 0.17 * Double(index - 6)
        let steps = 26
        var points: [Vector] = [
            [side * 17, Skeleton.spineY(head) - 10, head], [side * 34, Skeleton.spineY(head) - 25, head - 2],
        ]
        for step in 0...steps {
            let angle = 0.52 + (end - 0.52) * Double(step) / Double(steps)
            let z = head - 2 - drop * (1 - PhantomMath.cosine(angle)) / 2
            points.append(wall(angle, side: side, z: z, outwards: 6))
        }
        // Taller than thick.
        for offset in [-2.4, 2.4] { ribs += Capsule.chain(points.map { $0 + Vector(0, 0, offset) }, radius: 3.4) }
        guard index < 7, let bone = points.last else { return }
        let sternum = Vector(side * 16, 88, min(92, bone.z + 14))
        let middle = wall(2.7, side: side, z: bone.z - 1, outwards: 7)
        cartilage += Capsule.chain([bone, middle, sternum], radius: 4.6)
    }

    /// A point on the chest wall at an angle from straight back, some mm outside of the pleura.
    private func wall(_ angle: Double, side: Double, z: Double, outwards: Double) -> Vector {
        let direction = Vector(side * PhantomMath.sine(angle), -PhantomMath.cosine(angle), 0)
        let start = Vector(0, -4, z)
        var inside = 0.0
        var outside = 200.0
        for _ in 0..<30 {
            let middle = (inside + outside) / 2
            if thorax.cavityDepth(at: start + direction * middle) > -outwards {
                inside = middle
            } else {
                outside = middle
            }
        }
        return start + direction * inside
    }
}
