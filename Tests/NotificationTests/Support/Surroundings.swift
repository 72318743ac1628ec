import Bus
import BusTestSupport
import Foundation
import Notifications
import Platform
import Synchronization
import TestDeadlines

/// A station's bus, a desktop's bus, a home and an outbox, and the notifier between them.
final class Surroundings: Sendable {
    let stationBus: PrivateBus
    let desktopBus: PrivateBus
    let folder: URL
    private let notifier = Mutex<Task<Void, any Error>?>(nil)
    private let hasEnded = Mutex(false)
    private let lines = Mutex<[String]>([])

    init(stationPolicy: String = "") throws {
        stationBus = try PrivateBus(policy: stationPolicy)
        desktopBus = try PrivateBus()
        folder = FileManager.default.temporaryDirectory.appending(path: "notify-\(UUID().uuidString)")
        for name in ["bin", "outbox"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true)
        }
    }

    deinit {
        notifier.withLock { $0?.cancel() }
        try? FileManager.default.removeItem(at: folder)
    }

    var memory: NewsMemoryFile { NewsMemoryFile(path: folder.appending(path: "state/notify.json").path) }
    var outbox: URL { folder.appending(path: "outbox") }
    var log: [String] { lines.withLock { $0 } }

    /// As if the user had been here before, and everything were known that ended longer ago.
    func remember(secondsAgo: Double) throws {
        try memory.write(NewsMemory(knownUntil: Clock.microseconds(secondsAgo: secondsAgo)))
    }

    /// Whether the end of the job was told and written down.
    func remembers(_ job: String) -> Bool {
        guard case .memory(let memory) = memory.read() else { return false }
        return memory.endings[job] != nil
    }

    func start(_ change: (inout NotifierSettings) -> Void = { _ in }) {
        let environment = ["PATH": folder.appending(path: "bin").path, "HOME": folder.path]
        var settings = NotifierSettings(memory: memory, environment: environment)
        settings.station = .address(stationBus.address)
        settings.desktop = .address(desktopBus.address)
        settings.outbox = outbox.path
        // What is not answered in time is shown again: a busy machine must not look like a silent desktop.
        settings.timing.answerTimeout = .seconds(15)
        settings.timing.firstRetry = .milliseconds(20)
        settings.timing.longestRetry = .milliseconds(200)
        settings.timing.summaryInterval = .milliseconds(50)
        settings.timing.historyPauses = [.milliseconds(50)]
        settings.timing.backOff = .init(first: .milliseconds(5), longest: .milliseconds(20))
        change(&settings)
        let log = NotifierLog { [weak self] _, line in self?.lines.withLock { $0.append(line) } }
        let running = Notifier(settings, manager: ServiceManager(environment: [:]), log: log)
        notifier.withLock {
            $0 = Task { [weak self] in
                defer { self?.hasEnded.withLock { $0 = true } }
                try await running.run()
            }
        }
    }

    /// Starts, and returns when the notifier listens and knows the history.
    func startAndCatchUp(
        _ station: FakeStation, _ change: (inout NotifierSettings) -> Void = { _ in }
    ) async throws {
        let before = await station.history.questions
        start(change)
        try await eventually("the history is read") { await station.history.questions > before }
    }

    func stop() async {
        let running = notifier.withLock { $0 }
        running?.cancel()
        _ = await running?.result
    }

    /// Waits until it ends by itself. Throws what it throws.
    func ended() async throws {
        try await eventually("the notifier ends") { hasEnded.withLock { $0 } }
        try await notifier.withLock { $0 }?.value
    }

    /// A program in place of xdg-open that notes its arguments and its activation token.
    func installOpener(status: Int = 0) throws {
        let program = folder.appending(path: "bin/xdg-open")
        let notes = folder.appending(path: "opened").path
        let signals = folder.appending(path: "signals").path
        // Read by the shell itself: while it starts a program it blocks signals.
        let script = """
            #!/bin/sh
            while read -r name mask; do
              case $name in SigBlk:|SigIgn:) echo "$mask" ;; esac
            done < /proc/$$/status > '\(signals)'
            echo "$* $XDG_ACTIVATION_TOKEN" >> '\(notes)'
            exit \(status)

            """
        try script.write(to: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    }

    /// The masks of the signals that the opener blocks and ignores, those of the real-time signals left out.
    var openersSignals: [UInt32] {
        let text = (try? String(contentsOf: folder.appending(path: "signals"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            UInt64($0, radix: 16).map { UInt32(truncatingIfNeeded: $0 & 0x7fff_ffff) }
        }
    }

    /// A line for each call of the opener.
    var opened: [String] {
        let text = try? String(contentsOf: folder.appending(path: "opened"), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    func putReport(_ folder: String) throws -> String {
        let place = outbox.appending(path: folder)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let report = place.appending(path: "report.html")
        try Data("report".utf8).write(to: report)
        return report.path
    }
}
