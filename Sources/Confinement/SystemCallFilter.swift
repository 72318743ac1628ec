import CConfinement
import Foundation
import Platform

/// System calls, by seccomp. `Sources/CConfinement/system_calls.c` lists those that are allowed.
enum SystemCallFilter {
    static func apply(
        suspects: [String], refused: @escaping @Sendable (RefusedCall) -> Void
    ) throws(ConfinementError) -> ConfinementReport.Layer {
        guard lungtriage_can_filter() != 0 else {
            return .missing(reason: "system calls are not filtered: not on this kernel or processor")
        }
        let refusals = lungtriage_report_refusals()
        guard refusals >= 0 else { throw failure("Refusals cannot be reported.") }
        guard lungtriage_filter_system_calls() == 0 else {
            throw failure("The filter of system calls cannot be put into force.")
        }
        let reader = RefusalReader(descriptor: refusals, suspects: suspects, report: refused)
        Thread.detachNewThread { reader.readAll() }
        return .active("system calls filtered")
    }

    private static func failure(_ message: String) -> ConfinementError {
        ConfinementError(.kernel, message, cause: errnoText(errno))
    }
}
