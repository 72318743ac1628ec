import Foundation

/// What a worker denies itself, so that what goes wrong in it stays small.
enum WorkerLimits {
    static func apply(memory: UInt64) {
        // A core file would hold a patient's CT. One byte and not none: with none, the kernel still feeds a program that collects
        // cores (core(5)). PR_SET_DUMPABLE would do it too, but hide the process from the daemon, which watches its memory, under
        // ProtectProc=invisible.
        var least = rlimit(rlim_cur: 1, rlim_max: 1)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &least)
        // When the machine runs out of memory, the worker goes first; its study is tried again.
        try? Data("500".utf8).write(to: URL(fileURLWithPath: "/proc/self/oom_score_adj"))
        guard memory > 0 else { return }
        // The daemon stops a worker at the limit; this is for one that grows faster than it looks.
        let hard = rlim_t(memory) + rlim_t(memory / 4)
        var data = rlimit(rlim_cur: hard, rlim_max: hard)
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &data)
    }
}
