import Synchronization

/// Follows an analysis through its stages: progress for whoever watches, seconds for the provenance, cancellation.
final class StageClock: Sendable {
    private struct State {
        var current: AnalysisStage
        var started: ContinuousClock.Instant
        var done = 0.0
        var seconds: [(stage: AnalysisStage, seconds: Double)] = []
    }

    private let subject: String
    private let total: Double
    private let began: ContinuousClock.Instant
    private let state: Mutex<State>
    private let report: @Sendable (AnalysisProgress) -> Void
    let isCancelled: @Sendable () -> Bool

    init(
        _ stages: [AnalysisStage], subject: String, report: @escaping @Sendable (AnalysisProgress) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        let now = ContinuousClock.now
        self.subject = subject
        total = stages.reduce(0) { $0 + $1.weight }
        began = now
        state = Mutex(State(current: stages.first ?? .reading, started: now))
        self.report = report
        self.isCancelled = isCancelled
    }

    /// Does a stage's work. Throws `cancelled` instead of beginning it when the answer is no longer wanted.
    func stage<Result>(
        _ stage: AnalysisStage, _ work: () throws(AnalysisError) -> Result
    ) throws(AnalysisError) -> Result {
        guard !isCancelled() else {
            throw AnalysisError(.cancelled, subject: subject, message: "The analysis was cancelled.")
        }
        state.withLock {
            $0.current = stage
            $0.started = .now
        }
        advance(to: 0)
        let result = try work()
        advance(to: 1)
        state.withLock {
            $0.done += stage.weight
            $0.seconds.append((stage, (.now - $0.started) / .seconds(1)))
        }
        return result
    }

    /// The share of the current stage that is done.
    func advance(to share: Double) {
        let elapsed = (ContinuousClock.now - began) / .seconds(1)
        let (stage, whole) = state.withLock { ($0.current, ($0.done + share * $0.current.weight) / total) }
        // Early on, opening files and models says nothing about the rest.
        let left = whole > 0.05 ? elapsed * (1 - whole) / whole : nil
        report(AnalysisProgress(stage: stage, share: min(whole, 1), secondsLeft: left))
    }

    /// Seconds of the stages that are done, in their order.
    var timings: [(stage: AnalysisStage, seconds: Double)] { state.withLock { $0.seconds } }
}
