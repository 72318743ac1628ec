/// All findings, and how many there are of each kind.
struct DoctorSummary: Encodable {
    let findings: [Finding]
    let failed: Int
    let warnings: Int

    init(_ findings: [Finding]) {
        self.findings = findings
        failed = findings.count { $0.verdict == .failed }
        warnings = findings.count { $0.verdict == .warning }
    }

    /// The last line.
    var text: String {
        let style: TerminalStyle = failed > 0 ? .bad : warnings > 0 ? .caution : .good
        let verdict =
            switch (failed, warnings) {
            case (0, 0): "The station is well."
            case (0, 1): "The station can work; there is 1 warning."
            case (0, _): "The station can work; there are \(warnings) warnings."
            case (1, _): "1 check failed."
            default: "\(failed) checks failed."
            }
        return "\n" + style.paint(verdict) + "\n"
    }
}

extension Finding {
    /// One line, and one more that says how to mend it.
    var text: String {
        let margin = String(repeating: " ", count: 24)
        let name = check.padding(toLength: 13, withPad: " ", startingAt: 0)
        let word = verdict.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
        let line = "\(style.paint(word))  \(name)  \(message)\n"
        return line + (remedy.map { "\(margin)→ \($0)\n" } ?? "")
    }

    private var style: TerminalStyle {
        switch verdict {
        case .ok: .good
        case .warning: .caution
        case .failed: .bad
        case .skipped: .faint
        }
    }
}
