import Bus
import Notifications
import Testing

@Suite struct FoldingTests {
    private let start = ContinuousClock.now

    private func news(_ numbers: ClosedRange<Int>) -> [StudyNews] {
        numbers.map {
            StudyNews(
                job: "\($0)", study: "s\($0)", outcome: .failed(code: "c", message: "m"), announcement: nil, ended: 1)
        }
    }

    @Test func `few studies are told one by one`() {
        var folding = NewsFolding(limit: 3, window: .seconds(10))
        #expect(folding.fold(news(1...3), at: start) == news(1...3).map(NewsFolding.Item.study))
        #expect(folding.fold([], at: start).isEmpty)
        #expect(folding.fold(news(4...4), at: start + .seconds(11)) == news(4...4).map(NewsFolding.Item.study))
    }

    @Test func `more within the window become one summary, which counts them all and is replaced`() {
        var folding = NewsFolding(limit: 3, window: .seconds(10))
        _ = folding.fold(news(1...3), at: start)
        #expect(
            folding.fold(news(4...4), at: start + .seconds(9)) == [.summary(NewsSummary(news(1...4)), flood: 1)])
        // Each within the window after the one before.
        #expect(
            folding.fold(news(5...6), at: start + .seconds(18)) == [.summary(NewsSummary(news(1...6)), flood: 1)])
        // The flood is over, and another one is another summary.
        #expect(folding.fold(news(7...7), at: start + .seconds(29)) == news(7...7).map(NewsFolding.Item.study))
        #expect(
            folding.fold(news(8...12), at: start + .seconds(30)) == [.summary(NewsSummary(news(7...12)), flood: 2)])
    }

    @Test func `a flood of ten thousand keeps few names`() {
        var folding = NewsFolding(limit: 3, window: .seconds(10))
        var last: [NewsFolding.Item] = []
        for block in 0..<100 { last = folding.fold(news(block * 100...block * 100 + 99), at: start) }
        guard case .summary(let summary, 1) = last[0] else { return #expect(Bool(false), "\(last)") }
        #expect(summary.total == 10_000 && summary.names.values.allSatisfy { $0.count <= NewsSummary.namesOfKind })
    }
}
