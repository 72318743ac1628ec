/// Which layers hold a process, as far as the running kernel has them.
public struct ConfinementReport: Hashable, Sendable, CustomStringConvertible {
    public enum Layer: Hashable, Sendable {
        case active(String)
        case missing(reason: String)
    }

    /// Files, from ABI 4 on TCP, from ABI 6 on signals to other processes (landlock(7)).
    public var landlock: Layer
    /// System calls (seccomp(2)).
    public var systemCalls: Layer

    public var isComplete: Bool { missing.isEmpty }

    /// A sentence for each layer that there is not.
    public var missing: [String] {
        [landlock, systemCalls].compactMap { if case .missing(let reason) = $0 { reason } else { nil } }
    }

    /// Such as `Landlock ABI 7, system calls filtered`.
    public var description: String {
        [landlock, systemCalls].map {
            switch $0 {
            case .active(let what): what
            case .missing(let reason): reason
            }
        }.joined(separator: ", ")
    }
}
