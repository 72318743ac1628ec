import CConfinement
import Foundation
import Platform

/// Gives up, for good, everything that analysing a study does not take: a plugin or a parser that has been turned against its
/// user finds no files but the few it is given, no network, no other processes, and no way to start a program.
public enum Confinement {
    /// Confines this process and everything it starts from now on. To be called before there are other threads, and before
    /// anything is loaded or read that is not trusted.
    ///
    /// `refused` hears, on a thread of its own, of system calls that the filter refuses. What Landlock refuses is not told to
    /// anybody: a program sees `EACCES`, and the kernel writes an audit record from ABI 7 on.
    ///
    /// A kernel without one of the layers is no error; the report says so. Throws `ConfinementError`: `threads`, `path`,
    /// `kernel`; the process may then be confined in part, and should end.
    public static func apply(
        _ policy: ConfinementPolicy, refused: @escaping @Sendable (RefusedCall) -> Void
    ) throws(ConfinementError) -> ConfinementReport {
        let threads = try Threads.count()
        guard threads == 1 else {
            throw ConfinementError(.threads, "The process has \(threads) threads already, and cannot be confined.")
        }
        guard lungtriage_forgo_privileges() == 0 else {
            throw ConfinementError(.kernel, "The process cannot give up privileges.", cause: errnoText(errno))
        }
        let landlock = try Landlock.apply(policy)
        let systemCalls = try SystemCallFilter.apply(suspects: policy.own, refused: refused)
        return ConfinementReport(landlock: landlock, systemCalls: systemCalls)
    }
}

/// This process's threads, as the kernel counts them.
enum Threads {
    static func count() throws(ConfinementError) -> Int {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        } catch {
            throw ConfinementError(.kernel, "The threads cannot be counted.", cause: error.localizedDescription)
        }
    }
}
