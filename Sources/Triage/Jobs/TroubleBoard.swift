import Synchronization

/// What keeps the daemon from its work at the moment, place by place; whoever gets on again takes it back.
final class TroubleBoard: Sendable {
    enum Place: String, CaseIterable {
        case worker, intake, queue, outbox, filing, worklist
    }

    private let state = Mutex<[Place: String]>([:])

    func note(_ place: Place, _ sentence: String) { state.withLock { $0[place] = sentence } }
    func settle(_ place: Place) { state.withLock { $0[place] = nil } }

    var sentences: [String] {
        let noted = state.withLock { $0 }
        return Place.allCases.compactMap { noted[$0] }
    }
}
