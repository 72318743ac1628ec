import Synchronization

/// What keeps the daemon from its work at the moment, place by place; whoever gets on again takes it back.
final class TroubleBoard: Sendable {
    /// In the order in which they are told.
    enum Place: Hashable, Comparable {
        /// By its place among the daemon's.
        case worker(Int)
        case intake, queue, outbox, filing, worklist
    }

    private let state = Mutex<[Place: String]>([:])
    private let changed: @Sendable () -> Void

    /// `changed` is called when a place gets into trouble or out of it.
    init(changed: @escaping @Sendable () -> Void) { self.changed = changed }

    func note(_ place: Place, _ sentence: String) {
        let before = state.withLock { $0.updateValue(sentence, forKey: place) }
        if before == nil { changed() }
    }

    func settle(_ place: Place) {
        let before = state.withLock { $0.removeValue(forKey: place) }
        if before != nil { changed() }
    }

    /// One that several places share, such as workers without a driver, is told once.
    var sentences: [String] {
        let noted = state.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
        return noted.reduce(into: []) { told, sentence in
            if !told.contains(sentence) { told.append(sentence) }
        }
    }
}
