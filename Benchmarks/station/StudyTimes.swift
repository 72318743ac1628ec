import Bus
import StationTestSupport
import Synchronization

/// When each study was dropped, became a job and was completed, as a listener on the bus sees it: what a user would.
final class StudyTimes: Sendable {
    struct Times {
        var dropped: ContinuousClock.Instant?
        var queued: ContinuousClock.Instant?
        var completed: ContinuousClock.Instant?
        var completions = 0
    }

    private struct State {
        var studies: [String: Times] = [:]
        var queued = 0
        var completed = 0
        var isConnected = false
    }

    private let state = Mutex(State())
    private let listening = Mutex<Task<Void, Never>?>(nil)

    init(on station: Station) {
        let task = Task { [weak self, address = station.bus.address] in
            for await event in TriageEvents.on(.address(address), capacity: 1 << 17) { self?.note(event) }
        }
        listening.withLock { $0 = task }
    }

    deinit { listening.withLock { $0?.cancel() } }

    var isConnected: Bool { state.withLock { $0.isConnected } }
    var queued: Int { state.withLock { $0.queued } }
    var completed: Int { state.withLock { $0.completed } }
    var studies: [String: Times] { state.withLock { $0.studies } }

    /// To be called right after the file got its name.
    func dropped(_ study: String, at time: ContinuousClock.Instant) {
        state.withLock { $0.studies[study, default: Times()].dropped = time }
    }

    private func note(_ event: TriageEvent) {
        let now = ContinuousClock.now
        state.withLock { state in
            switch event {
            case .serviceAppeared, .serviceVanished: state.isConnected = true
            case .queued(_, let study, _):
                state.studies[study, default: Times()].queued = now
                state.queued += 1
            case .completed(_, let study, _, let announcement):
                state.studies[study, default: Times()].completions += announcement.isResent ? 0 : 1
                state.studies[study, default: Times()].completed = now
                state.completed += 1
            case .started, .progress, .failed: break
            }
        }
    }
}

/// Quantiles of durations.
struct Spread: CustomStringConvertible {
    private let sorted: [Double]

    /// In milliseconds.
    init(_ durations: [Duration]) { sorted = durations.map { $0 / .milliseconds(1) }.sorted() }

    func quantile(_ share: Double) -> Double {
        sorted.isEmpty ? .nan : sorted[Int((Double(sorted.count - 1) * share).rounded())]
    }

    var description: String {
        "median \(Self.text(quantile(0.5))) ms, 95 % \(Self.text(quantile(0.95))) ms, "
            + "greatest \(Self.text(quantile(1))) ms (\(sorted.count))"
    }

    static func text(_ value: Double, digits: Int = 1) -> String {
        let factor = digits == 0 ? 1.0 : 10
        let rounded = (value * factor).rounded() / factor
        return digits == 0 ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension StudyTimes {
    /// From the file's name to the news of the job.
    var toJob: Spread { spread { $0.queued } }
    /// From the file's name to the news of the result.
    var toResult: Spread { spread { $0.completed } }

    private func spread(_ end: (Times) -> ContinuousClock.Instant?) -> Spread {
        Spread(
            studies.values.compactMap { times in
                guard let start = times.dropped, let end = end(times) else { return nil }
                // The news can be quicker than the return of the call that gave the name.
                return max(.zero, end - start)
            })
    }
}
