import NeuralNet
import TestSupport
import Testing

/// Two buffers that live at the same time and share bytes, if there are any.
func overlap(in arena: ArenaLayout) -> String? {
    for (a, first) in arena.requests.enumerated() where first.bytes > 0 {
        let range = arena.offsets[a]..<(arena.offsets[a] + first.bytes)
        guard range.upperBound <= arena.bytes, range.lowerBound % 64 == 0 else { return "\(range) leaves the arena" }
        for (b, second) in arena.requests.enumerated().dropFirst(a + 1) where second.bytes > 0 {
            let other = arena.offsets[b]..<(arena.offsets[b] + second.bytes)
            if first.overlapsInTime(second), range.overlaps(other) { return "\(first) and \(second)" }
        }
    }
    return nil
}

@Suite("Arena layout")
struct ArenaLayoutTests {
    @Test("live buffers never overlap", arguments: 0..<50 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = RandomGenerator(seed: seed)
        let requests = (0..<40).map { _ in
            let first = Int.random(in: 0..<30, using: &generator)
            return ArenaLayout.Request(
                bytes: Int.random(in: 0..<5000, using: &generator), first: first,
                last: first + Int.random(in: 0..<10, using: &generator))
        }
        let found = overlap(in: ArenaLayout(requests))
        #expect(found == nil)
    }

    @Test("buffers that follow each other share memory")
    func reuse() {
        let requests = (0..<10).map { ArenaLayout.Request(bytes: 640, first: 2 * $0, last: 2 * $0 + 1) }
        #expect(ArenaLayout(requests).bytes == 640)
    }

    @Test("a chain needs two buffers")
    func chain() {
        let requests = (0..<10).map { ArenaLayout.Request(bytes: 640, first: $0, last: $0 + 1) }
        #expect(ArenaLayout(requests).bytes == 1280)
    }

    @Test("a buffer takes the smallest gap that fits")
    func bestFit() {
        // Three long-lived buffers with gaps of 640 and 128 between them, left by two that die.
        let requests = [
            ArenaLayout.Request(bytes: 6400, first: 0, last: 9), ArenaLayout.Request(bytes: 640, first: 0, last: 1),
            ArenaLayout.Request(bytes: 512, first: 0, last: 9), ArenaLayout.Request(bytes: 128, first: 2, last: 9),
        ]
        let layout = ArenaLayout(requests)
        #expect(layout.offsets[3] == layout.offsets[1])
        #expect(layout.bytes == 6400 + 640 + 512)
    }
}
