import Foundation

extension Process {
    /// Waits until the process has ended; its status, or 128 and the signal's number.
    ///
    /// Foundation's `waitUntilExit` hears of an end when the last copy of a descriptor is closed, and a process that was started
    /// at the same time may hold one: two such waits, and nobody is left to end the other process.
    @discardableResult public func waitForEnd() -> Int32 {
        var facts = siginfo_t()
        while waitid(P_PID, id_t(processIdentifier), &facts, WEXITED | WNOWAIT) != 0 {
            if errno == EINTR { continue }
            // Foundation was there before, and is about to say so.
            while isRunning { usleep(1000) }
            return terminationReason == .exit ? terminationStatus : 128 + terminationStatus
        }
        let status = facts._sifields._sigchld.si_status
        return facts.si_code == CLD_EXITED ? status : 128 + status
    }
}
