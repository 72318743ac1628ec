import Dispatch

/// Loops over slices, rows and chunks on all cores.
///
/// What a loop computes must not depend on the order or the thread of its iterations: every use here either writes to
/// different memory for different indices or adds whole numbers, so results are equal whatever the number of cores.
package enum Parallel {
    /// Keeps loops on the calling thread, so that a test can compare.
    @TaskLocal package static var isSerial = false

    /// Runs `body` for 0..<count and returns when all have ended. `body` must write to different memory for different
    /// indices.
    static func loop(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, !isSerial else {
            for index in 0..<max(count, 0) { body(index) }
            return
        }
        withoutActuallyEscaping(body) { body in
            // The promise above, that iterations write to different memory, is what makes sharing it safe; kernels
            // capture pointers, which the compiler cannot check.
            nonisolated(unsafe) let shared = body
            DispatchQueue.concurrentPerform(iterations: count) { shared($0) }
        }
    }

    /// Splits 0..<count into pieces of `length` (the last may be shorter), so that scratch memory is made once a piece.
    package static func pieces(of count: Int, length: Int, _ body: (Range<Int>) -> Void) {
        let length = max(length, 1)
        loop((count + length - 1) / length) { piece in
            body(piece * length..<min((piece + 1) * length, count))
        }
    }

    /// One result for every piece, in order.
    package static func map<Result>(of count: Int, length: Int, _ body: (Range<Int>) -> Result) -> [Result] {
        let length = max(length, 1)
        let pieces = (max(count, 0) + length - 1) / length
        return [Result](unsafeUninitializedCapacity: pieces) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            loop(pieces) { piece in
                (base + piece).initialize(to: body(piece * length..<min((piece + 1) * length, count)))
            }
            initialized = pieces
        }
    }
}
