import CConfinement
import Foundation
import Platform

/// Files and folders, by Landlock.
enum Landlock {
    static func apply(_ policy: ConfinementPolicy) throws(ConfinementError) -> ConfinementReport.Layer {
        let abi = lungtriage_landlock_abi()
        guard abi > 0 else { return .missing(reason: "the kernel has no Landlock: \(errnoText(errno))") }
        let rules = lungtriage_landlock_create(abi)
        guard rules >= 0 else { throw failure("Rules for files cannot be made.") }
        defer { close(rules) }
        for path in policy.readable { try allow(LUNGTRIAGE_ACCESS_READ, path, rules, abi) }
        for path in policy.known { try allow(LUNGTRIAGE_ACCESS_LOOK_UP, path, rules, abi) }
        for path in policy.devices { try allow(LUNGTRIAGE_ACCESS_DEVICE, path, rules, abi) }
        for path in policy.writable { try allow(LUNGTRIAGE_ACCESS_WRITE, path, rules, abi, mustExist: true) }
        guard lungtriage_landlock_restrict(rules) == 0 else {
            throw failure("Rules for files cannot be put into force.")
        }
        return .active("Landlock ABI \(abi)")
    }

    private static func allow(
        _ access: lungtriage_access, _ path: String, _ rules: Int32, _ abi: Int32, mustExist: Bool = false
    ) throws(ConfinementError) {
        if lungtriage_landlock_allow(rules, abi, path, access) == 0 { return }
        let code = errno
        let isAbsent = [ENOENT, ENOTDIR, EACCES, ENXIO].contains(code)
        if isAbsent, !mustExist { return }
        throw ConfinementError(
            isAbsent ? .path : .kernel, "\(path) cannot be opened to the confined process.", cause: errnoText(code))
    }

    private static func failure(_ message: String) -> ConfinementError {
        ConfinementError(.kernel, message, cause: errnoText(errno))
    }
}
