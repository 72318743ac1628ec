import Foundation

extension Check {
    /// How systemd sees the daemon.
    static let service = Check(name: "service") { examination in
        guard !examination.isPrivate else { return [.skipped("service", "This daemon is not a service of systemd.")] }
        guard FileManager.default.fileExists(atPath: "/run/systemd/system") else {
            return [.skipped("service", "The machine does not run systemd.")]
        }
        guard let unit = SystemdUnit(Examination.unit) else {
            return [.skipped("service", "systemctl does not answer.")]
        }
        guard unit["LoadState"] != "not-found" else {
            return [
                .failed(
                    "service", "systemd does not know \(Examination.unit).",
                    mend: "Install the package, then: sudo systemctl daemon-reload")
            ]
        }
        var findings: [Finding] = []
        if unit["ActiveState"] == "active" {
            findings.append(.ok("service", "\(Examination.unit) is active."))
        } else {
            let state = [unit["ActiveState"], unit["SubState"], unit["Result"]].compactMap(\.self).joined(
                separator: ", ")
            findings.append(
                .failed(
                    "service", "\(Examination.unit) is not active (\(state)).",
                    mend: "sudo systemctl status \(Examination.unit)"))
        }
        if unit["UnitFileState"] != "enabled" {
            findings.append(
                .warning(
                    "service", "It will not start with the machine.", mend: "sudo systemctl enable \(Examination.unit)")
            )
        }
        if let restarts = unit["NRestarts"].flatMap({ Int($0) }), restarts > 0 {
            findings.append(
                .warning(
                    "service", "systemd had to start it again \(restarts) times.", mend: "See \(examination.log)"))
        }
        return findings
    }
}

/// The properties of a unit, as systemctl prints them.
private struct SystemdUnit {
    private let properties: [String: String]

    subscript(name: String) -> String? { properties[name] }

    /// Nil when systemctl is not there or fails.
    init?(_ name: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "systemctl", "show", "--property=LoadState,ActiveState,SubState,Result,UnitFileState,NRestarts", name,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        properties = Dictionary(pairs) { $1 }
    }
}
