/// Places buffers of known size and lifetime in one block of memory, so that no two that live at the same time overlap.
package struct ArenaLayout: Sendable {
    /// A buffer: its size, and the first and last step at which its content matters.
    package struct Request: Hashable, Sendable {
        package let bytes: Int
        package let first: Int
        package let last: Int

        package init(bytes: Int, first: Int, last: Int) {
            self.bytes = bytes
            self.first = first
            self.last = last
        }

        package func overlapsInTime(_ other: Request) -> Bool { first <= other.last && other.first <= last }
    }

    package let requests: [Request]
    /// For every request, its byte offset, a multiple of 64.
    package let offsets: [Int]
    /// Size of the block.
    package let bytes: Int

    /// Largest first, each into the smallest gap that takes it (best fit; "greedy by size" of Pisarchyk & Lee 2020).
    package init(_ requests: [Request]) {
        let order = requests.indices.sorted {
            (-requests[$0].bytes, requests[$0].first, $0) < (-requests[$1].bytes, requests[$1].first, $1)
        }
        var offsets = [Int](repeating: 0, count: requests.count)
        var placed: [Int] = []
        var total = 0
        for index in order where requests[index].bytes > 0 {
            let size = ArenaLayout.aligned(requests[index].bytes)
            let neighbours = placed.filter { requests[$0].overlapsInTime(requests[index]) }
                .sorted { offsets[$0] < offsets[$1] }
            var end = 0
            var best: (offset: Int, gap: Int)?
            for neighbour in neighbours {
                let gap = offsets[neighbour] - end
                if gap >= size, gap < best?.gap ?? Int.max { best = (end, gap) }
                end = max(end, offsets[neighbour] + ArenaLayout.aligned(requests[neighbour].bytes))
            }
            offsets[index] = best?.offset ?? end
            total = max(total, offsets[index] + size)
            placed.append(index)
        }
        self.requests = requests
        self.offsets = offsets
        self.bytes = total
    }

    /// Rounded up to the alignment of buffers.
    static func aligned(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}
