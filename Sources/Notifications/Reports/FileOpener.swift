import Foundation
import Platform

/// Opens files with the program that the user chose for them: xdg-open of the search path.
package struct FileOpener: Sendable {
    package struct Failure: Error, Hashable, Sendable {
        package let reason: String
    }

    private let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    /// Returns when the program was started, which may run for as long as the file is looked at; `failed` is called
    /// when it ends with an error. Throws `Failure` when it cannot be started.
    package func open(_ path: String, token: String?, failed: @escaping @Sendable (Failure) -> Void) throws(Failure) {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        guard
            let program = folders.map({ "\($0)/xdg-open" })
                .first(where: { $0.hasPrefix("/") && FileManager.default.isExecutableFile(atPath: $0) })
        else { throw Failure(reason: "The program xdg-open is not installed (package xdg-utils).") }
        var environment = environment
        // The service manager's messages are not for the browser.
        for name in ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"] { environment[name] = nil }
        environment["XDG_ACTIVATION_TOKEN"] = token
        do {
            try DetachedProgram.start(program: program, arguments: [path], environment: environment) { end in
                guard end.cause != .exited(0) else { return }
                failed(Failure(reason: "xdg-open could not open it: \(end)."))
            }
        } catch {
            throw Failure(reason: error.description)
        }
    }
}
