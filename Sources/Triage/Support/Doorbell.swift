import Synchronization

/// Something to wait at until there is work. A ring that nobody waits for is kept for the next to come.
final class Doorbell: Sendable {
    private struct State {
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        var hasRung = false
    }

    private let state = Mutex(State())

    func ring() {
        let waiting = state.withLock { state in
            let waiting = Array(state.waiting.values)
            state.waiting = [:]
            // With several waiting, each of them looks for work of its own.
            state.hasRung = waiting.isEmpty
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns at a ring, after a time, or when the task is cancelled.
    func wait(seconds: Double? = nil) async {
        guard let seconds else { return await waitForRing() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForRing() }
            group.addTask { try? await Task.sleep(for: .seconds(max(seconds, 0))) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForRing() async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.hasRung || Task.isCancelled {
                        // A ring stays for others when this one has gone.
                        if !Task.isCancelled { state.hasRung = false }
                        return true
                    }
                    state.waiting[waiter] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: waiter) }
            continuation?.resume()
        }
    }
}
