import Synchronization

/// One answer that one task waits for and that comes once, from any thread. Later answers are dropped.
final class ReplyTicket<Value: Sendable>: Sendable {
    typealias Answer = Result<Value, BusError>

    private enum State {
        case open
        case waiting(CheckedContinuation<Answer, Never>)
        case answered(Answer)
        case done
    }

    private let state = Mutex(State.open)

    var isDone: Bool {
        state.withLock { state in
            switch state {
            case .open, .waiting: false
            case .answered, .done: true
            }
        }
    }

    func finish(_ answer: Answer) {
        let continuation: CheckedContinuation<Answer, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .answered(answer)
                return nil
            case .waiting(let continuation):
                state = .done
                return continuation
            case .answered, .done:
                return nil
            }
        }
        continuation?.resume(returning: answer)
    }

    /// Waits for the answer; a cancelled task gets ``BusError/Code/cancelled`` at once, after `onCancel`.
    func answer(onCancel: @escaping @Sendable () -> Void = {}) async throws(BusError) -> Value {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in wait(continuation) }
        } onCancel: {
            finish(.failure(BusError(.cancelled, "The task that waited for the answer was cancelled.")))
            onCancel()
        }
        return try answer.get()
    }

    private func wait(_ continuation: CheckedContinuation<Answer, Never>) {
        let answer: Answer? = state.withLock { state in
            switch state {
            case .open:
                state = .waiting(continuation)
                return nil
            case .answered(let answer):
                state = .done
                return answer
            case .waiting, .done:
                return .failure(BusError(.failed, "Two tasks wait for one answer."))
            }
        }
        if let answer { continuation.resume(returning: answer) }
    }
}
