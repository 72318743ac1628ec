/// Everything that a rendering needs, independent of the grid.
struct PhantomScene: Sendable {
    let seed: UInt64
    let lesions: [PlacedLesion]
    let trees: PulmonaryTrees
    /// Fine unevenness of all tissues.
    let texture: ValueNoise

    init(seed: UInt64, lesions: [PlacedLesion]) {
        self.seed = seed
        self.lesions = lesions
        trees = PulmonaryTrees(seed: seed)
        texture = ValueNoise(seed: seed, stream: 3)
    }

    /// The lung field and the lesion at a place, as labels.
    @inline(__always) func labels(_ side: LungSide, at p: Vector) -> (lung: UInt8, lesion: UInt8) {
        guard Thorax.standard.pleuralDepth(side, at: p) > 0 else { return (0, 0) }
        for lesion in lesions where lesion.depth(side, at: p) > 0 {
            return (lesion.kind == .pleuralEffusion ? 0 : side.rawValue, lesion.kind.rawValue)
        }
        return (side.rawValue, 0)
    }
}
