import Imaging
import Severity

/// Which slices show a disease best: the most affected ones, of different parts of it.
struct SliceSelection {
    /// From the head to the feet; unrelated slices in the file's order.
    let slices: [Int]
    /// How many of them were chosen for what was found in them; the others lie at even distances through the lungs.
    let affected: Int

    /// mm: slices nearer to each other show the same.
    private static let leastDistance = 8.0

    /// - Parameters:
    ///   - scores: whose slices are to be shown.
    ///   - spacing: mm between slices.
    init(_ scores: SeverityScores, count: Int, spacing: Double) {
        let all = scores.slices.all
        let isVolume = scores.facts.slices == .volume
        let weights = Self.weights(scores)
        let least = isVolume ? max(Int((Self.leastDistance / spacing).rounded(.up)), 1) : 1
        let ranked = all.map(\.index).filter { weights[$0] > 0 }.sorted { a, b in
            weights[a] != weights[b] ? weights[a] > weights[b] : a < b
        }
        let found = Self.apart(ranked, count: count, least: min(least, all.count), isVolume: isVolume)
        var chosen = found
        for slice in Self.even(all, count: count) where chosen.count < count {
            if chosen.allSatisfy({ abs($0 - slice) >= min(least, max(all.count / (2 * count), 1)) }) {
                chosen.append(slice)
            }
        }
        affected = found.count
        slices = isVolume ? chosen.sorted(by: >) : chosen.sorted()
    }

    /// How much of a slice's lung, or of a stack's own slice, is diseased. Effusion counts where there is more of it than
    /// specks: than the floor of the triage levels would let pass as opacity.
    private static func weights(_ scores: SeverityScores) -> [Double] {
        let all = scores.slices.all
        let lung = all.reduce(0) { $0 + $1.lungVoxels }
        let effusion = all.reduce(0) { $0 + $1.effusionVoxels }
        let countsEffusion = Double(effusion) * 100 > scores.cutOffs.floor * Double(lung)
        return all.map { slice in
            let voxels = Double(slice.opacityVoxels + (countsEffusion ? slice.effusionVoxels : 0))
            return scores.facts.slices == .volume ? voxels : voxels / Double(max(slice.lungVoxels, 1))
        }
    }

    /// The slice with the most, then the one with the most that is far enough from it, and so on. Far enough is the
    /// disease's extent over the number of slices; where that leaves too few, half of it, and so on down to the least.
    private static func apart(_ ranked: [Int], count: Int, least: Int, isVolume: Bool) -> [Int] {
        guard isVolume else { return Array(ranked.prefix(count)) }
        guard let lowest = ranked.min(), let highest = ranked.max() else { return [] }
        var distance = max((highest - lowest + 1) / max(count, 1), least)
        var chosen: [Int] = []
        while true {
            for candidate in ranked where chosen.count < count {
                if chosen.allSatisfy({ abs($0 - candidate) >= distance }) { chosen.append(candidate) }
            }
            if chosen.count >= count || distance <= least { return chosen }
            distance = max(distance / 2, least)
        }
    }

    /// Through the lungs, or through the scan where there are none.
    private static func even(_ slices: [SliceScores], count: Int) -> [Int] {
        let lungs = slices.filter { $0.lungVoxels > 0 }.map(\.index)
        let range = lungs.isEmpty ? slices.map(\.index) : lungs
        return MosaicFigure.slices(count: count, of: range.count).map { range[$0] }
    }
}
