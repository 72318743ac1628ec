import Foundation
import Platform

extension Check {
    /// Times order the queue and let old results go: a clock that is far off does both wrong.
    static let clock = Check(name: "clock") { examination in
        let remedy = "sudo timedatectl set-ntp true"
        // The program was not written later than now.
        let built = Date(timeIntervalSince1970: 1_767_225_600)
        guard Date.now > built else {
            return [
                .failed("clock", "The clock says \(Date.now.formatted(.iso8601)), which is long past.", mend: remedy)
            ]
        }
        let worklist = examination.usable.folders.outbox + "/index.html"
        if let facts = try? FileFacts(worklist) {
            let written = Date(timeIntervalSince1970: Double(facts.modified) / 1e9)
            if written.timeIntervalSinceNow > 3600 {
                return [
                    .warning(
                        "clock",
                        "The worklist was written in the future (\(written.formatted(.iso8601))): the clock was set back.",
                        mend: remedy)
                ]
            }
        }
        switch SystemClock.isSynchronized {
        case true?: return [.ok("clock", "The clock is synchronised.")]
        case false?: return [.warning("clock", "The clock is not synchronised.", mend: remedy)]
        case nil: return [.skipped("clock", "The kernel does not say whether the clock is synchronised.")]
        }
    }
}
