import Foundation
import Platform
import Synchronization

/// System calls that can be made to fail: the one at a place, or all for a while.
final class FaultyCalls: Sendable {
    private enum Plan {
        case none
        case once(Int32, at: Int)
        case always(Int32)
    }
    private struct State {
        var plan = Plan.none
        var made = 0
    }

    private let state = Mutex(State())

    /// Calls since the last plan.
    var made: Int { state.withLock { $0.made } }

    func fail(with code: Int32, at place: Int) { begin(.once(code, at: place)) }
    func failAlways(with code: Int32) { begin(.always(code)) }
    func failNever() { begin(.none) }

    private func begin(_ plan: Plan) { state.withLock { $0 = State(plan: plan) } }

    /// The code that the next call fails with; nil when it is to be made.
    private func next() -> Int32? {
        state.withLock { state in
            state.made += 1
            switch state.plan {
            case .none: return nil
            case .once(let code, let place): return state.made == place ? code : nil
            case .always(let code): return code
            }
        }
    }

    private func attempt<Value: SignedInteger>(_ call: () -> Value) -> Value {
        guard let code = next() else { return call() }
        errno = code
        return -1
    }

    var calls: FileSystemCalls {
        let system = FileSystemCalls.system
        var calls = system
        calls.openFile = { path, flags, mode in self.attempt { system.openFile(path, flags, mode) } }
        calls.writeBytes = { file, bytes, count in self.attempt { system.writeBytes(file, bytes, count) } }
        calls.synchronise = { file in self.attempt { system.synchronise(file) } }
        // Linux closes the file whatever it says.
        calls.closeFile = { file in
            let result = system.closeFile(file)
            return self.attempt { result }
        }
        calls.renameFile = { from, to in self.attempt { system.renameFile(from, to) } }
        calls.renameNew = { from, to in self.attempt { system.renameNew(from, to) } }
        calls.removeFile = { path in self.attempt { system.removeFile(path) } }
        calls.makeFolder = { path, mode in self.attempt { system.makeFolder(path, mode) } }
        return calls
    }
}
