import Imaging
import Severity

/// Which slices show a disease best: the most affected ones, of different parts of it.
struct SliceSelection {
    enum Basis: Hashable {
        /// By how much of them is opacity or effusion.
        case mostAffected
        /// Nothing was found: at even distances through the lungs, or through the scan where there are no lungs.
        case evenlySpaced
    }

    let basis: Basis
    /// From the head to the feet; unrelated slices in the file's order.
    let slices: [Int]

    /// - Parameters:
    ///   - slices: all slices of the scan, from the feet to the head.
    ///   - isVolume: whether neighbours show the same part of a patient.
    init(_ slices: [SliceScores], count: Int, isVolume: Bool) {
        let found = slices.filter { $0.opacityVoxels + $0.effusionVoxels > 0 }
        guard !found.isEmpty else {
            basis = .evenlySpaced
            let lungs = slices.filter { $0.lungVoxels > 0 }.map(\.index)
            let range = lungs.isEmpty ? slices.map(\.index) : lungs
            let even = MosaicFigure.slices(count: count, of: range.count).map { range[$0] }
            self.slices = isVolume ? even.reversed() : even
            return
        }
        basis = .mostAffected
        if isVolume {
            self.slices = Self.apart(found, count: count).sorted(by: >)
        } else {
            let shares = found.sorted { a, b in
                let (shareA, shareB) = (a.percentageOfOpacity.value ?? 0, b.percentageOfOpacity.value ?? 0)
                return shareA != shareB ? shareA > shareB : a.index < b.index
            }
            self.slices = shares.prefix(count).map(\.index).sorted()
        }
    }

    /// The slice with the most, then the one with the most that is far enough from it, and so on. Far enough is the
    /// disease's extent over the number of slices; where that leaves too few, half of it, and so on.
    private static func apart(_ slices: [SliceScores], count: Int) -> [Int] {
        let ranked = slices.sorted { a, b in
            let (areaA, areaB) = (a.opacityVoxels + a.effusionVoxels, b.opacityVoxels + b.effusionVoxels)
            return areaA != areaB ? areaA > areaB : a.index < b.index
        }.map(\.index)
        let extent = (slices.last?.index ?? 0) - (slices.first?.index ?? 0) + 1
        var distance = max(extent / max(count, 1), 1)
        var chosen: [Int] = []
        while true {
            for candidate in ranked where chosen.count < count {
                if chosen.allSatisfy({ abs($0 - candidate) >= distance }) { chosen.append(candidate) }
            }
            if chosen.count >= count || distance == 1 { return chosen }
            distance /= 2
        }
    }
}
