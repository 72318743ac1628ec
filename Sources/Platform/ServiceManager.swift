#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a service tells its service manager (sd_notify(3)), as datagrams to the socket of `NOTIFY_SOCKET`. Without one, as on
/// a terminal, everything here does nothing.
package struct ServiceManager: Sendable {
    private let address: String?
    /// How often the manager wants to hear that the service is alive; nil: it does not ask.
    package let watchdogSeconds: Double?

    /// From the environment that the process was started with.
    package init(environment: [String: String]) {
        address = environment["NOTIFY_SOCKET"]
        let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        watchdogSeconds =
            isForUs ? environment["WATCHDOG_USEC"].flatMap(Double.init).map { $0 / 1e6 } : nil
    }

    package func ready(status: String) { send("READY=1\nSTATUS=\(Self.line(status))\nMAINPID=\(getpid())") }
    package func status(_ text: String) { send("STATUS=\(Self.line(text))") }
    package func stopping() { send("STOPPING=1") }
    package func watchdog() { send("WATCHDOG=1") }

    /// The manager waits for `ready` after this (Type=notify-reload).
    package func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
    }

    private static func line(_ text: String) -> String {
        String(text.map { $0 == "\n" ? " " : $0 })
    }

    /// A manager that does not listen must not stop the service: failures are of no account.
    private func send(_ message: String) {
        guard let address, address.hasPrefix("/") || address.hasPrefix("@") else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else { return }
        // An abstract name begins with a zero byte.
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(offset + bytes.count)
        let text = Array(message.utf8)
        _ = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                retryingInterrupted {
                    sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), pointer, length)
                }
            }
        }
    }
}
