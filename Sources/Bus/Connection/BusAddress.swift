#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Which bus.
package enum BusAddress: Hashable, Sendable {
    case system
    case session
    /// Like `unix:path=/run/bus`.
    case address(String)

    /// The address itself. Found here and not by libdbus, which would start a session bus where there is none.
    ///
    /// Throws ``BusError/Code/badAddress`` when no session bus is known.
    package func resolved() throws(BusError) -> String {
        switch self {
        case .address(let address):
            guard !address.isEmpty, !address.utf8.contains(0) else {
                throw BusError(.badAddress, "The address of the bus is empty or has a NUL character.")
            }
            return address
        case .system:
            return environment("DBUS_SYSTEM_BUS_ADDRESS") ?? "unix:path=/var/run/dbus/system_bus_socket"
        case .session:
            if let address = environment("DBUS_SESSION_BUS_ADDRESS") { return address }
            if let folder = environment("XDG_RUNTIME_DIR") { return "unix:path=\(folder)/bus" }
            throw BusError(
                .badAddress, "No session bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set.")
        }
    }
}

private func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
