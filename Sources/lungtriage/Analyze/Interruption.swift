import Dispatch
import Foundation
import Synchronization

/// Whether the user or the system wants the program to end: SIGINT and SIGTERM, taken instead of dying of them, so that
/// nothing half-written stays.
final class Interruption: Sendable {
    private let flag = Atomic(false)
    private let sources: Mutex<[any DispatchSourceSignal]>

    init() {
        sources = Mutex([])
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.flag.store(true, ordering: .relaxed) }
            source.resume()
            sources.withLock { $0.append(source) }
        }
    }

    var hasCome: Bool { flag.load(ordering: .relaxed) }
}
