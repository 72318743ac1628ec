import Foundation

/// What a program that computes needs from the system's folders; nothing in them is a secret.
enum SystemPaths {
    /// Folders of shared libraries: the system's, those that were named for this process, and those that the libraries come
    /// from which it has loaded already (the Swift runtime's, for one).
    static var libraries: [String] {
        let named = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]?.split(separator: ":").map(String.init) ?? []
        return ["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"]
            + (named + LoadedLibraries.folders).filter { $0.hasPrefix("/") && $0 != "/" }
    }

    /// The local time; OpenSSL's settings, without which it does not start.
    static let settings = ["/etc/localtime", "/usr/share/zoneinfo", "/etc/ssl/openssl.cnf"]

    /// What the kernel says of processors, by which numeric kernels and numbers of threads are chosen.
    static let processor = [
        "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/fs/cgroup", "/sys/kernel/mm/transparent_hugepage",
    ]

    /// Dispatch looks after its threads, `/proc/NUMBER/stat`, which come later than any rule, and ends the process when it may
    /// not. What is secret of other processes, their memory and environment, Landlock keeps back all the same (ptrace(2)'s
    /// rules); what everybody may know of a process whose number they guess, it does not.
    static let known = ["/proc"]

    static let devices = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"]
}
