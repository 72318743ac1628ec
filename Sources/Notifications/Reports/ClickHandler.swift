import Bus
import Foundation

/// Opens what somebody clicked on, or says why it cannot be opened.
struct ClickHandler: Sendable {
    let history: StationHistory
    /// The folder of the results.
    let outbox: String
    let opener: FileOpener
    let log: NotifierLog
    let answer: @Sendable (DesktopNotification) -> Void

    func handle(_ activation: NotificationDesk.Activation) async {
        do {
            let file = try await file(of: activation.target)
            try opener.open(file.path, token: activation.token) { refuse($0) }
        } catch {
            refuse(error)
        }
    }

    private func file(of target: DesktopNotification.Target) async throws -> ReportFile {
        switch target {
        case .worklist:
            return try ReportFile(worklistOf: outbox)
        case .report(let id):
            // Never from the signal, which is for every user's eyes.
            guard let folder = try await history.job(id).result?.details["folder"]?.stringValue else {
                throw ReportFile.Failure.missing
            }
            return try ReportFile(folder: folder, outbox: outbox)
        }
    }

    private func refuse(_ error: any Error) {
        let sentences: [String] =
            switch error {
            case ReportFile.Failure.notAllowed: Self.permission
            case ReportFile.Failure.missing:
                ["It is not in \(outbox): it was removed, or the results are kept elsewhere (option --outbox)."]
            case ReportFile.Failure.badFolderName: ["The station gives no usable name of its folder."]
            case ReportFile.Failure.unreadable(let reason): ["The file system says: \(reason)."]
            case let error as FileOpener.Failure: [error.reason]
            case let error as BusError:
                switch error.code {
                case .accessDenied, .notAuthorized: Self.permission
                case .notFound: ["The station does not know the study any more."]
                case .unavailable, .cannotConnect, .disconnected, .timedOut:
                    ["The station does not answer; it knows where the report is."]
                default: [error.message]
                }
            default: ["\(error)"]
            }
        log(.warning, "A page cannot be opened: \(error)")
        let text = NotificationText(title: "The report cannot be opened", body: sentences)
        answer(.answer(text))
    }

    private static var permission: [String] {
        [
            "Only members of the group lungtriage may read reports.",
            "Ask an administrator for: adduser \(NSUserName()) lungtriage – then log out and in again.",
        ]
    }
}
