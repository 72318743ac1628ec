import Analysis
import Foundation
import Platform
import Severity
import Synchronization
import WorkerLink

/// Does one study after the other, with plugins that stay warm.
final class StudyServer {
    private let analyzer: StudyAnalyzer
    private let link: DaemonLink

    /// Between signs of life.
    private static let heartbeat = Duration.seconds(2)
    /// Between two reports of progress at least.
    private static let reportPause = Duration.milliseconds(200)

    init(_ analyzer: StudyAnalyzer, link: DaemonLink) {
        self.analyzer = analyzer
        self.link = link
    }

    /// Answers with exactly one of `finished`, `failed`, `cancelled`, `deferred`. False when the device has failed, after which
    /// nothing more can be computed on it from this process.
    func serve(_ handed: HandedStudy) -> Bool {
        let request = handed.request
        do {
            let heartbeat = try RepeatingTimer(every: Self.heartbeat, tolerance: .milliseconds(200)) { [link] in
                link.send(.heartbeat)
            }
            return withExtendedLifetime(heartbeat) { analyze(handed) }
        } catch {
            link.send(
                .failed(
                    job: request.job,
                    WorkerFailure(code: "output", message: error.message, detail: error.cause, isTransient: true)))
            return true
        }
    }

    private func analyze(_ handed: HandedStudy) -> Bool {
        let request = handed.request
        let link = link
        defer { withExtendedLifetime(handed.file) {} }
        guard let file = handed.file else {
            link.send(
                .failed(
                    job: request.job,
                    WorkerFailure(code: "badInput", message: "The file was not handed over to the worker.")))
            return true
        }
        let study = Study(path: request.input, name: request.study, descriptor: file.descriptor)
        do {
            let bytes = try analyzer.memoryEstimate(of: study)
            guard link.isAdmitted(job: request.job, bytes: bytes) else {
                link.send(.deferred(job: request.job))
                return true
            }
            let lastReport = Mutex(ContinuousClock.now - Self.reportPause)
            let result = try analyzer.analyze(
                study, into: StudyDestination(folder: request.destination),
                progress: { progress in
                    let isDue = lastReport.withLock { last in
                        guard ContinuousClock.now - last >= Self.reportPause else { return false }
                        last = .now
                        return true
                    }
                    guard isDue else { return }
                    link.send(
                        .progress(
                            job: request.job, stage: progress.stage.name, share: progress.share,
                            secondsLeft: progress.secondsLeft))
                }, isCancelled: { link.isCancelled(request.job) })
            link.send(.finished(job: request.job, StudySummary(result)))
        } catch {
            link.send(answer(to: error, request.job))
            return error.code != .device
        }
        return true
    }

    private func answer(to error: AnalysisError, _ job: Int64) -> WorkerMessage {
        if error.code == .cancelled { return .cancelled(job: job) }
        return .failed(
            job: job,
            WorkerFailure(
                code: error.code.rawValue, message: error.message, detail: error.cause,
                // A full disk may be empty again later, and the next worker finds another device or this one well; a file
                // stays what it is.
                isTransient: error.code == .output || error.code == .device))
    }
}

extension StudySummary {
    init(_ result: StudyResult) {
        let scores = result.scores
        self.init(
            triageLevel: .init(scores.triageLevel.map(\.rawValue)),
            percentageOfOpacity: .init(scores.percentageOfOpacity),
            percentageOfHighOpacity: .init(scores.percentageOfHighOpacity), zoneScore: .init(scores.zoneScore),
            gravestRemark: scores.gravestRemark?.rawValue, remarks: scores.remarks.map(\.sentence),
            sha256: result.identity.sha256, seconds: result.timings.reduce(0) { $0 + $1.seconds })
    }
}

extension StudySummary.Score {
    fileprivate init(_ score: Severity.Score<Value>) {
        switch score {
        case .value(let value): self = .value(value)
        case .notApplicable(let reason): self = .missing(code: reason.rawValue, sentence: reason.sentence)
        }
    }
}
