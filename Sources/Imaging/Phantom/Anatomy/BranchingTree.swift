/// Tubes that branch from a root until they reach every part of a lung: at each fork the targets ahead are parted where
/// they spread most, and a tube's radius follows Murray's law (its cube is proportional to the targets it serves).
struct BranchingTree {
    private(set) var tubes: [Capsule] = []
    private var random: RandomSequence
    private let leafRadius: Double

    /// `leafRadius` is that of the last tubes, mm.
    init(root: Vector, targets: [Vector], leafRadius: Double, seed: UInt64, stream: UInt64) {
        random = RandomSequence(seed: seed, stream: stream)
        self.leafRadius = leafRadius
        var targets = targets
        grow(from: root, to: &targets[...])
    }

    private func radius(serving count: Int) -> Double { leafRadius * PhantomMath.cubeRoot(Double(count)) }

    private mutating func grow(from start: Vector, to targets: inout ArraySlice<Vector>) {
        guard let first = targets.first else { return }
        if targets.count == 1 {
            addTube(from: start, to: first, radius: leafRadius, endRadius: leafRadius * 0.7)
            return
        }
        let center = targets.reduce(Vector()) { $0 + $1 } / Double(targets.count)
        let fork = start + (center - start) * random.uniform(0.3...0.5)
        // Part the targets across the direction in which they spread most.
        var spread = Vector()
        for target in targets { spread += (target - center) * (target - center) }
        let axis = spread.x > spread.y ? (spread.x > spread.z ? 0 : 2) : (spread.y > spread.z ? 1 : 2)
        var direction = Vector(random.uniform(-0.4...0.4), random.uniform(-0.4...0.4), random.uniform(-0.4...0.4))
        direction[axis] = 1
        targets.sort { $0.dot(direction) < $1.dot(direction) }
        let share = random.uniform(0.3...0.7)
        let cut = targets.startIndex + min(targets.count - 1, max(1, Int(share * Double(targets.count))))
        let served = radius(serving: targets.count)
        let next = radius(serving: max(cut - targets.startIndex, targets.endIndex - cut))
        addTube(from: start, to: fork, radius: served, endRadius: next)
        grow(from: fork, to: &targets[..<cut])
        grow(from: fork, to: &targets[cut...])
    }

    /// A gently bent tube in short pieces.
    private mutating func addTube(from start: Vector, to end: Vector, radius: Double, endRadius: Double) {
        let length = (end - start).length
        let pieces = min(8, max(1, Int(length / 9) + 1))
        let bend = Vector(random.uniform(-1...1), random.uniform(-1...1), random.uniform(-1...1)) * (0.08 * length)
        var last = start
        for piece in 1...pieces {
            let t = Double(piece) / Double(pieces)
            let point = start + (end - start) * t + bend * (4 * t * (1 - t))
            let from = radius + (endRadius - radius) * (t - 1 / Double(pieces))
            tubes.append(Capsule(from: last, to: point, radius: from, endRadius: radius + (endRadius - radius) * t))
            last = point
        }
    }
}

/// Arteries, veins and bronchi of both lungs.
struct PulmonaryTrees: Sendable {
    let vessels: [Capsule]
    /// Lumina.
    let airways: [Capsule]

    init(seed: UInt64) {
        var vessels: [Capsule] = []
        var airways: [Capsule] = []
        for side in LungSide.allCases {
            let stream = UInt64(side.rawValue) * 10
            func tree(_ root: Vector, _ count: Int, _ inset: Double, _ leaf: Double, _ number: UInt64) -> [Capsule] {
                let targets = Self.targets(side, count: count, inset: inset, seed: seed, stream: stream + number)
                return BranchingTree(
                    root: root, targets: targets, leafRadius: leaf, seed: seed, stream: stream + number + 1
                ).tubes
            }
            vessels += tree(Mediastinum.arteryRoot(side), 1100, 2.5, 0.72, 1)
            vessels += tree(Mediastinum.veinRoot(side), 850, 3, 0.7, 3)
            airways += tree(Mediastinum.bronchusRoot(side), 42, 18, 1.15, 5)
        }
        self.vessels = vessels
        self.airways = airways
    }

    /// Places spread through a lung, at least `inset` mm below the pleura.
    private static func targets(_ side: LungSide, count: Int, inset: Double, seed: UInt64, stream: UInt64) -> [Vector] {
        var random = RandomSequence(seed: seed, stream: stream)
        let box = Thorax.pleuralBounds(side)
        var targets: [Vector] = []
        // About a third of the box is lung; the bound only guards against an endless loop.
        for _ in 0..<count * 60 where targets.count < count {
            let point = random.point(in: box)
            if Thorax.standard.pleuralDepth(side, at: point) > inset { targets.append(point) }
        }
        return targets
    }
}
