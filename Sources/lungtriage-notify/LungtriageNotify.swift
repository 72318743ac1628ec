import ArgumentParser
import Bus
import Foundation
import Notifications
import Platform

@main enum Program {
    static func main() {
        do throws(SystemCallError) {
            try ServiceProgram.run { await LungtriageNotify.main() }
        } catch {
            NotifierLog.standardError(environment: ProcessInfo.processInfo.environment)(.error, error.description)
            exit(71)
        }
    }
}

struct LungtriageNotify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungtriage-notify",
        abstract:
            "Desktop notifications of the studies that the station has finished. Research use, not a medical device.",
        discussion: """
            Runs for as long as the desktop, usually as the systemd user unit lungtriage-notify.service, and ends with \
            SIGTERM. Studies are heard from the system bus; members of the group lungtriage also learn what ended while \
            they were logged out, and can open reports. Exit status 69: there is no session bus; 75: another notifier \
            runs on this desktop.
            """, version: LungtriageVersion.current)

    @Flag(help: "Find the station on the session bus in place of the system bus.") var session = false
    @Option(help: "Folder of the results.") var outbox = "/var/lib/lungtriage/outbox"
    @Option(help: "Studies of a lower level are not told, but those that failed, have no level, or doubtful scores.")
    var minimumLevel = SeverityLevel.none

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var settings = NotifierSettings(
            memory: NewsMemoryFile(environment: environment), environment: environment)
        settings.station = session ? .session : .system
        settings.outbox = URL(filePath: outbox).standardizedFileURL.path
        settings.minimumLevel = minimumLevel
        let log = NotifierLog.standardError(environment: environment)
        let notifier = Notifier(settings, manager: ServiceManager(environment: environment), log: log)
        do {
            try await runUntilSignal(notifier)
        } catch let error as BusError {
            log(.error, error.message)
            throw ExitStatus.of(error)
        }
    }

    private func runUntilSignal(_ notifier: Notifier) async throws {
        let source = try SignalSource(SIGTERM, SIGINT)
        try await withThrowingTaskGroup { group in
            group.addTask { try await notifier.run() }
            group.addTask { for await _ in source.signals { return } }
            defer { group.cancelAll() }
            _ = try await group.next()
        }
    }
}

extension SeverityLevel: ExpressibleByArgument {}

/// The numbers are those of sysexits.h.
private enum ExitStatus {
    static func of(_ error: BusError) -> ExitCode {
        switch error.code {
        case .badAddress, .cannotConnect, .disconnected, .unavailable, .timedOut: ExitCode(69)
        case .nameTaken: ExitCode(75)
        default: ExitCode(1)
        }
    }
}

extension NotifierLog {
    /// Lines on stderr; with the priorities of sd-daemon(3) when it is the journal's.
    static func standardError(environment: [String: String]) -> NotifierLog {
        let isJournal = environment["JOURNAL_STREAM"] != nil
        return NotifierLog { level, message in
            let prefix =
                switch level {
                case .info: "<6>"
                case .warning: "<4>"
                case .error: "<3>"
                }
            let line = (isJournal ? prefix : "lungtriage-notify: ") + message.replacing("\n", with: " ") + "\n"
            // Nobody to read it must not end the notifier.
            try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
        }
    }
}
