/// One row of a mask, read eight voxels at a time: what is 0 is background, everything else is foreground.
struct MaskRow {
    let voxels: UnsafePointer<UInt8>
    let count: Int

    init(_ voxels: UnsafePointer<UInt8>, count: Int) {
        self.voxels = voxels
        self.count = count
    }

    private static let wordLength = 8

    private func word(at index: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(voxels + index).loadUnaligned(as: UInt64.self))
    }

    /// The first foreground voxel at `start` or after it; `count` when there is none.
    @inline(__always)
    func firstForeground(from start: Int) -> Int {
        var index = start
        while index + Self.wordLength <= count {
            let word = word(at: index)
            if word != 0 { return index + word.trailingZeroBitCount / 8 }
            index += Self.wordLength
        }
        while index < count, voxels[index] == 0 { index += 1 }
        return index
    }

    /// The first background voxel at `start` or after it; `count` when there is none.
    @inline(__always)
    func firstBackground(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index + Self.wordLength <= count {
            let word = word(at: index)
            // The lowest top bit that stays marks the first byte that is 0; the ones above it may be false alarms.
            let zeros = (word &- ones) & ~word & tops
            if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
            index += Self.wordLength
        }
        while index < count, voxels[index] != 0 { index += 1 }
        return index
    }

    /// Calls `body` for every maximal run of foreground, or of background when `inverted`, from left to right.
    @inline(__always)
    func forEachRun(inverted: Bool, _ body: (Range<Int>) -> Void) {
        var index = 0
        while true {
            let start = inverted ? firstBackground(from: index) : firstForeground(from: index)
            guard start < count else { return }
            index = inverted ? firstForeground(from: start) : firstBackground(from: start)
            body(start..<index)
        }
    }

    /// From the first to the last foreground voxel; nil when there are none.
    var extent: Range<Int>? {
        let start = firstForeground(from: 0)
        guard start < count else { return nil }
        var end = count
        while voxels[end - 1] == 0 { end -= 1 }
        return start..<end
    }
}
