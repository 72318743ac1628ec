import Imaging

/// Voxels of a region.
struct RegionCount {
    var lung = 0
    var opacity = 0
    /// Opacity of −200 HU and more.
    var highOpacity = 0

    static func += (a: inout RegionCount, b: RegionCount) {
        a.lung += b.lung
        a.opacity += b.opacity
        a.highOpacity += b.highOpacity
    }

    var isEmpty: Bool { lung == 0 }
    /// 0…1; the lungs must not be empty.
    var share: Double { Double(opacity) / Double(lung) }
    var highShare: Double { Double(highOpacity) / Double(lung) }
    /// 0 none, 1 below a quarter, 2 below half, 3 below three quarters, 4 from there: in whole numbers, so exact.
    var zoneScore: Int {
        if opacity == 0 { return 0 }
        if 4 * opacity < lung { return 1 }
        if 2 * opacity < lung { return 2 }
        return 4 * opacity < 3 * lung ? 3 : 4
    }
}

/// Voxels of a tissue and the sum of their HU.
struct TissueCount {
    var voxels = 0
    var sum = 0

    mutating func add(_ value: Int16) {
        voxels += 1
        sum += Int(value)
    }

    static func += (a: inout TissueCount, b: TissueCount) {
        a.voxels += b.voxels
        a.sum += b.sum
    }
}

/// Voxels of a slice.
struct SliceCount {
    var region = RegionCount()
    var groundGlass = 0
    var consolidation = 0
    var effusion = 0
}

/// Everything that is counted in the pass over the voxels. All are whole numbers: the order of adding does not matter.
struct Counts {
    /// Right, then left: one for every level.
    var levels: [RegionCount]
    var slices: [SliceCount] = []
    var lung = TissueCount()
    var opacity = TissueCount()
    var groundGlass = TissueCount()
    var consolidation = TissueCount()
    var effusion = TissueCount()
    /// Opacity of the two maps, wherever it lies, and where both say so.
    var binary = 0
    var multiclass = 0
    var inBoth = 0
    /// The binary map's opacity in the lungs.
    var binaryInLungs = 0
    /// Opacity outside the lung map: counted as lung, or apart from the lungs and not counted.
    var addedToLungs = 0
    var apartFromLungs = 0

    init(levels: Int) {
        self.levels = [RegionCount](repeating: RegionCount(), count: 2 * levels)
    }

    /// Adds what was counted in the slices after one's own.
    mutating func append(_ next: Counts) {
        for index in levels.indices { levels[index] += next.levels[index] }
        slices += next.slices
        lung += next.lung
        opacity += next.opacity
        groundGlass += next.groundGlass
        consolidation += next.consolidation
        effusion += next.effusion
        binary += next.binary
        multiclass += next.multiclass
        inBoth += next.inBoth
        binaryInLungs += next.binaryInLungs
        addedToLungs += next.addedToLungs
        apartFromLungs += next.apartFromLungs
    }

    func levels(of side: LungSide) -> ArraySlice<RegionCount> {
        let count = levels.count / 2
        return side == .right ? levels[..<count] : levels[count...]
    }

    func region(_ side: LungSide) -> RegionCount { levels(of: side).reduce(into: RegionCount()) { $0 += $1 } }

    /// A lung's thirds from the feet to the head.
    func thirds(_ side: LungSide) -> [RegionCount] {
        var thirds = [RegionCount](repeating: RegionCount(), count: 3)
        let levels = levels(of: side)
        guard let borders = LungThirds(voxelsByLevel: levels.map(\.lung)) else { return thirds }
        for (level, region) in levels.enumerated() where !region.isEmpty {
            thirds[borders.third(of: level)] += region
        }
        return thirds
    }
}
