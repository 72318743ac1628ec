/// Which of several scored images are the best, the median and the worst; an image whose score is undefined has no place.
public struct CaseRanking: Hashable, Sendable {
    public enum Place: String, Hashable, Sendable, CaseIterable {
        case best = "Best"
        case median = "Median"
        case worst = "Worst"
    }

    /// Images with a score, by their index, best first; equals in their order.
    public let order: [Int]
    /// Images without one.
    public let undefined: Int

    /// Scores are better when higher; nil or NaN is undefined.
    public init(_ scores: [Double?]) {
        let defined = scores.enumerated().compactMap { index, score in
            score.flatMap { $0.isNaN ? nil : (index: index, score: $0) }
        }
        order = defined.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.map(\.index)
        undefined = scores.count - defined.count
    }

    /// Best, median and worst, as far as they are different images. Of an even number, the better of the two in the middle
    /// is the median.
    public var places: [(place: Place, index: Int)] {
        guard let best = order.first, let worst = order.last else { return [] }
        var places = [(Place.best, best)]
        if order.count > 2 { places.append((.median, order[(order.count - 1) / 2])) }
        if order.count > 1 { places.append((.worst, worst)) }
        return places
    }
}

extension ConfusionMatrix {
    /// An image's Dice averaged over the classes but background where it is defined; nil where it is for none of them.
    public var meanDice: Double? { Distribution((1..<max(1, classes)).map { scores(of: $0).dice }).mean }
}
