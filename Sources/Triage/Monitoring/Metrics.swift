import Synchronization

/// What has happened since this process began, for monitoring.
final class Metrics: Sendable {
    private struct State {
        var completed: [String: Int] = [:]
        var failed: [String: Int] = [:]
        var answered = 0
        var cancelled = 0
        var analysis = Histogram(bounds: analysisBounds)
        var turnaround: [Priority: Histogram] = [:]
        var workerStarts: [String: Int] = [:]
        var workerLosses: [String: Int] = [:]
    }

    /// Seconds. An analysis takes seconds on a GPU and minutes on a CPU; a queue may hold a night's work.
    private static let analysisBounds = [1.0, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600]
    private static let turnaroundBounds = [5.0, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400]

    private let state = Mutex(State())

    /// A job that has come to its end.
    func ended(_ job: Job) {
        state.withLock { state in
            switch job.state {
            case .completed(let study):
                state.completed[study.summary.triageLevel.value ?? "unknown", default: 0] += 1
                let isAnswer = study.duplicateOf != nil
                if isAnswer { state.answered += 1 }
                Self.observe(job, isAnswer: isAnswer, &state)
            case .failed(let failure), .quarantined(let failure): state.failed[failure.code, default: 0] += 1
            case .cancelled: state.cancelled += 1
            case .arriving, .queued, .running, .delivering: break
            }
        }
    }

    private static func observe(_ job: Job, isAnswer: Bool, _ state: inout State) {
        guard let finished = job.finishedAt else { return }
        // A clock that was set back in between would give less than nothing.
        state.turnaround[job.priority, default: Histogram(bounds: turnaroundBounds)]
            .observe(max(0, finished - job.arrivedAt))
        guard !isAnswer, let started = job.startedAt else { return }
        state.analysis.observe(max(0, finished - started))
    }

    func workerStarted(on device: String) { state.withLock { $0.workerStarts[device, default: 0] += 1 } }
    func workerLost(_ code: String) { state.withLock { $0.workerLosses[code, default: 0] += 1 } }

    func write(to text: inout MetricsText) {
        let state = state.withLock { $0 }
        text.add(
            "lungtriage_studies_completed_total", .counter, "Studies with a result, by triage level.",
            Self.samples(state.completed, "level"))
        text.add(
            "lungtriage_studies_answered_total", .counter, "Of these: content that was analysed before.",
            Double(state.answered))
        text.add(
            "lungtriage_studies_failed_total", .counter, "Studies that failed or are in quarantine, by code.",
            Self.samples(state.failed, "code"))
        text.add(
            "lungtriage_studies_cancelled_total", .counter, "Studies that were cancelled.", Double(state.cancelled))
        text.add(
            "lungtriage_analysis_seconds", "From a worker's beginning with a study to its result.",
            [([], state.analysis)])
        text.add(
            "lungtriage_turnaround_seconds", "From the file's arrival to the result.",
            state.turnaround.sorted { $0.key < $1.key }.map { ([("priority", $0.key.name)], $0.value) })
        text.add(
            "lungtriage_worker_starts_total", .counter, "Workers that became ready, by device.",
            Self.samples(state.workerStarts, "device"))
        text.add(
            "lungtriage_worker_losses_total", .counter, "Studies that a worker died of or was stopped for, by code.",
            Self.samples(state.workerLosses, "code"))
    }

    private static func samples(_ counts: [String: Int], _ label: String) -> [(MetricsText.Labels, Double)] {
        counts.sorted { $0.key < $1.key }.map { ([(label, $0.key)], Double($0.value)) }
    }
}
