import Dispatch
import Foundation
import Synchronization

/// Whether the user or the system wants the program to end: SIGINT and SIGTERM, taken instead of dying of them, so that
/// nothing half-written stays.
///
/// `@unchecked Sendable`: the sources are only kept alive, never used after the initialiser; the flag is atomic.
final class Interruption: @unchecked Sendable {
    private let flag = Atomic(false)
    private var sources: [any DispatchSourceSignal] = []

    init() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.flag.store(true, ordering: .relaxed) }
            source.resume()
            sources.append(source)
        }
    }

    var hasCome: Bool { flag.load(ordering: .relaxed) }
}
