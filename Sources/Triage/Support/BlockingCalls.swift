import Platform

/// Work that waits for disks, kept off the threads that tasks share: on a machine of two cores there are two of them.
struct BlockingCalls: Sendable {
    private let threads: ThreadPool<@Sendable () -> Void>

    /// `count`: how many calls may wait at a time; with one, calls follow each other in the order in which they came.
    init(_ label: String, threads count: Int = 1) {
        threads = ThreadPool(named: "triage-\(label)", limit: count) { $0() }
    }

    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            threads.enqueue { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
