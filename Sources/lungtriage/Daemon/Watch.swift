import ArgumentParser
import Bus
import Foundation

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow what happens, a line an event, until it is interrupted.")

    @Option(help: "End after so many studies came to their end.") var count: Int?
    @Flag(help: "Progress as well.") var progress = false
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await ExitStatus.asking {
            var left = count
            for await event in TriageEvents.on(daemon.address) {
                guard let printed = PrintedEvent(event), progress || printed.event != "progress" else { continue }
                if output.json {
                    try StandardOutput.write(json: printed)
                } else {
                    try StandardOutput.write((printed.style?.paint(printed.text) ?? printed.text) + "\n")
                }
                if printed.isEnd, let remaining = left {
                    left = remaining - 1
                    if remaining <= 1 { return }
                }
            }
        }
    }
}

/// An event as it is printed.
struct PrintedEvent: Encodable {
    let event: String
    var job: String?
    var study: String?
    var priority: String?
    var fraction: Double?
    var triageLevel: String?
    var po: Double?
    var zoneScore: Int?
    var code: String?
    var message: String?
    /// Heard before, maybe.
    var resent: Bool?
    let time: String

    var isEnd: Bool { event == "completed" || event == "failed" }

    init?(_ event: TriageEvent) {
        time = Date.now.formatted(.iso8601)
        switch event {
        case .serviceAppeared: self.event = "serviceAppeared"
        case .serviceVanished: self.event = "serviceVanished"
        case .queued(let job, let study, let priority):
            self.event = "queued"
            (self.job, self.study, self.priority) = (job, study, priority.rawValue)
        case .started(let job, let study):
            self.event = "started"
            (self.job, self.study) = (job, study)
        case .progress(let job, let fraction, _):
            self.event = "progress"
            (self.job, self.fraction) = (job, fraction)
        case .completed(let job, let study, let result, let announcement):
            self.event = "completed"
            (self.job, self.study, triageLevel, po) = (
                job, study, result.level, result.po.flatMap { $0 < 0 ? nil : $0 }
            )
            zoneScore = result.zoneScore.flatMap { $0 > 24 ? nil : Int($0) }
            resent = announcement.isResent
        case .failed(let job, let study, let failure, let announcement):
            self.event = "failed"
            (self.job, self.study, code, message) = (job, study, failure.code, failure.message)
            resent = announcement.isResent
        }
    }

    var style: TerminalStyle? {
        switch event {
        case "completed": triageLevel.flatMap(TerminalStyle.init(level:))
        case "failed": .bad
        case "serviceVanished": .caution
        default: nil
        }
    }

    var text: String {
        let subject = [job.map { "job \($0)" }, study].compactMap(\.self).joined(separator: " ")
        let what: String? =
            switch event {
            case "serviceAppeared": "the daemon is there"
            case "serviceVanished": "the daemon or the bus is gone; waiting for it"
            case "completed":
                "\(triageLevel ?? "no level"), PO \(PrintedJob.percent(po)), zones \(zoneScore.map { "\($0)" } ?? "–")"
            case "failed": message
            case "progress": fraction.map { "\(Int($0 * 100)) %" }
            default: priority
            }
        return [time, event, subject, what ?? "", resent == true ? "(said before, maybe)" : ""]
            .filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
