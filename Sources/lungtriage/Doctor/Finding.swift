/// What one check found out.
struct Finding: Encodable {
    enum Verdict: String, Encodable, CaseIterable {
        case ok, warning, failed, skipped
    }

    /// Which check; stable, for programs.
    let check: String
    let verdict: Verdict
    /// One sentence.
    let message: String
    /// How to mend it, with the command where there is one.
    let remedy: String?

    static func ok(_ check: String, _ message: String) -> Finding {
        Finding(check: check, verdict: .ok, message: message, remedy: nil)
    }

    static func warning(_ check: String, _ message: String, mend remedy: String) -> Finding {
        Finding(check: check, verdict: .warning, message: message, remedy: remedy)
    }

    static func failed(_ check: String, _ message: String, mend remedy: String) -> Finding {
        Finding(check: check, verdict: .failed, message: message, remedy: remedy)
    }

    /// `message`: why it could not be looked at; `remedy`: what it takes, where something can be done.
    static func skipped(_ check: String, _ message: String, mend remedy: String? = nil) -> Finding {
        Finding(check: check, verdict: .skipped, message: message, remedy: remedy)
    }

    static func unknownFolders(_ check: String) -> Finding {
        .skipped(check, "It is not known where this daemon has its folders.", mend: "Give --root DIR or --config FILE")
    }
}
