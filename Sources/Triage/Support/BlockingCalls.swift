import Dispatch

/// Work that waits for disks, kept off the threads that tasks share: on a machine of two cores there are two of them.
struct BlockingCalls: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) { queue = DispatchQueue(label: "lungtriage.\(label)") }

    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
