import Foundation
import Platform
import WorkerLink

/// A worker without models, for tests of the daemon: a study's name says what happens to it (`crash`, `hang`, `silent`, `leak`,
/// `garbage`, `flood`, `liar`, `slander`, `bad`, `full`, `slow`, `deferred`); any other is done at once. Its results are a few small files.
@main struct StubWorker {
    static func main() throws {
        // `worklist NOTES --output PAGE`: the list of studies, a line each.
        if CommandLine.arguments.dropFirst().first == "worklist" { return try writeWorklist() }
        let pause = CommandLine.arguments.dropFirst().first.flatMap { Double($0) } ?? 0
        if CommandLine.arguments.contains("--dies-at-start") { _exit(3) }
        let version = CommandLine.arguments.contains("--old") ? 0 : WorkerProtocol.version
        send(
            .ready(
                WorkerDescription(
                    protocolVersion: version, version: "stub", device: "stub",
                    plugins: [
                        .init(
                            id: "stub", name: "Stub", version: "1.0.0", role: "lesion-binary", device: "stub",
                            isSealed: true)
                    ],
                    refusals: [], confinement: nil)))
        var reader = FrameReader<DaemonMessage>()
        while let messages = try receive(&reader) {
            for case .analyze(let request) in messages { try serve(request, pause: pause, &reader) }
        }
    }

    private static func serve(
        _ request: AnalysisRequest, pause: Double, _ reader: inout FrameReader<DaemonMessage>
    ) throws {
        func named(_ word: String) -> Bool { request.study.contains(word) }
        if named("crash") { fatalError("a crash, as ordered") }
        if named("silent") { sleep(3600) }
        if named("garbage") { return raw([0, 0, 0, 3, 1, 2, 3]) }
        if named("flood") { return raw([UInt8](repeating: 0xff, count: 1 << 20)) }
        if named("leak") { leak() }
        if named("slander") {
            return send(.failed(job: request.job, WorkerFailure(code: "bad\0Input", message: "No\0CT.")))
        }
        if named("bad") {
            return send(
                .failed(job: request.job, WorkerFailure(code: "badInput", message: "This is no CT.", detail: "stub")))
        }
        if named("full") {
            return send(
                .failed(
                    job: request.job, WorkerFailure(code: "output", message: "The disk is full.", isTransient: true)))
        }
        if named("deferred") { return send(.deferred(job: request.job)) }
        if named("hang") || named("slow") {
            let end = named("hang") ? 3600.0 : 60
            if try waitForCancel(request.job, seconds: end, &reader) { return send(.cancelled(job: request.job)) }
        }
        if pause > 0 { usleep(UInt32(pause * 1e6)) }
        send(.progress(job: request.job, stage: "lungs", share: 0.5, secondsLeft: 1))
        let digest = try write(request)
        var summary = summary(request.study, digest)
        if named("liar") {
            send(.log(warning: true, message: "a line\r\n<2>and one that the worker forges\u{1b}[2J"))
            for share in [-1, .infinity, .nan] as [Double] {
                send(.progress(job: request.job, stage: "\0", share: share, secondsLeft: 1e300 * share))
            }
            summary.triageLevel = .value("se\0vere")
            summary.percentageOfOpacity = .value(.infinity)
            summary.percentageOfHighOpacity = .value(.nan)
            summary.zoneScore = .value(.max)
            summary.seconds = .infinity
        }
        send(.finished(job: request.job, summary))
    }

    /// Files like those of an analysis.
    private static func write(_ request: AnalysisRequest) throws -> String {
        let input = try Data(contentsOf: URL(fileURLWithPath: request.input))
        try StagedFolder.write(to: request.destination) { folder in
            try Data("report of \(request.study)".utf8).write(to: URL(fileURLWithPath: folder + "/report.html"))
            try Data("{\"bytes\": \(input.count)}".utf8).write(to: URL(fileURLWithPath: folder + "/severity.json"))
        }
        return "\(input.count)"
    }

    private static func summary(_ study: String, _ digest: String) -> StudySummary {
        StudySummary(
            triageLevel: .value(study.contains("grave") ? "severe" : "mild"), percentageOfOpacity: .value(12.5),
            percentageOfHighOpacity: .missing(
                code: "notHounsfieldUnits", sentence: "The values are not Hounsfield units."),
            zoneScore: .value(6), gravestRemark: nil, remarks: [], sha256: digest, seconds: 0.1)
    }

    private static func writeWorklist() throws {
        let arguments = CommandLine.arguments
        let lines = try Data(contentsOf: URL(fileURLWithPath: arguments[2])).split(separator: UInt8(ascii: "\n"))
        let notes = try lines.dropFirst().map { try JSONDecoder().decode(WorklistEntryNote.self, from: $0) }
        let page = notes.map(\.study).sorted().joined(separator: "\n")
        try Data(page.utf8).write(to: URL(fileURLWithPath: arguments[4]), options: .atomic)
    }

    /// Signs of life until a time or a cancellation.
    private static func waitForCancel(
        _ job: Int64, seconds: Double, _ reader: inout FrameReader<DaemonMessage>
    ) throws -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        while end.timeIntervalSinceNow > 0 {
            send(.heartbeat)
            var poll = pollfd(fd: WorkerProtocol.descriptor, events: Int16(POLLIN), revents: 0)
            guard Foundation.poll(&poll, 1, 100) > 0 else { continue }
            guard let messages = try receive(&reader) else { _exit(0) }
            if messages.contains(.cancel(job: job)) { return true }
        }
        return false
    }

    private static func leak() -> Never {
        // Kept, so that the optimiser cannot do without them.
        var blocks: [[UInt8]] = []
        while true {
            blocks.append([UInt8](repeating: UInt8(truncatingIfNeeded: blocks.count | 1), count: 16 << 20))
            send(.progress(job: 0, stage: "\(blocks.count)", share: 0, secondsLeft: Double(blocks.last?.last ?? 0)))
            usleep(20_000)
        }
    }

    private static func receive(_ reader: inout FrameReader<DaemonMessage>) throws -> [DaemonMessage]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(WorkerProtocol.descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return try reader.take(bytes.prefix(count))
    }

    private static func send(_ message: WorkerMessage) {
        if let bytes = try? Frame.encoded(message) { raw(bytes) }
    }

    private static func raw(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(WorkerProtocol.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { _exit(0) }
            rest = rest.dropFirst(count)
        }
    }
}
