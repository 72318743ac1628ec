/// What is to be done at which moment, the most urgent first: a binary heap.
package struct TimerQueue<Action: Sendable>: Sendable {
    package struct Entry: Sendable {
        /// Not before this, in nanoseconds of the clock that counts.
        package let earliest: Int64
        /// By this it should have begun: whatever is due by then shares one wake-up.
        package let latest: Int64
        package let action: Action

        package init(earliest: Int64, latest: Int64, action: Action) {
            self.earliest = earliest
            self.latest = latest
            self.action = action
        }
    }

    private var heap: [Entry] = []

    package init() {}

    package var count: Int { heap.count }

    /// When somebody has to look at the queue again.
    package var nextWakeUp: Int64? { heap.first?.latest }

    package mutating func insert(_ entry: Entry) {
        heap.append(entry)
        var place = heap.count - 1
        while place > 0, heap[place].latest < heap[(place - 1) / 2].latest {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// The most urgent entry, if it may begin.
    package mutating func takeDue(at now: Int64) -> Entry? {
        guard let first = heap.first, first.earliest <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first
    }

    private mutating func sink() {
        var place = 0
        while true {
            var child = 2 * place + 1
            if child + 1 < heap.count, heap[child + 1].latest < heap[child].latest { child += 1 }
            guard child < heap.count, heap[child].latest < heap[place].latest else { return }
            heap.swapAt(place, child)
            place = child
        }
    }
}
