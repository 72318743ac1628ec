import CDBus

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A private connection of libdbus with what it wants to be woken for. Used by one thread only.
final class BusLink {
    private let connection: OpaquePointer
    private var isClosed = false
    private var watches: [OpaquePointer] = []
    private var timeouts: [(timeout: OpaquePointer, deadline: ContinuousClock.Instant)] = []

    /// Connects, authenticates and says hello; waits for the answers.
    ///
    /// Throws ``BusError/Code/cannotConnect``.
    init(address: String) throws(BusError) {
        // libdbus would ignore SIGPIPE for the whole process and the workers that it starts; it does not need that here.
        dbus_connection_set_change_sigpipe(0)
        var error = DBusError()
        dbus_error_init(&error)
        guard let connection = dbus_connection_open_private(address, &error) else {
            throw BusLink.failure("Nothing answers on the bus at \(address.shown).", &error)
        }
        self.connection = connection
        dbus_connection_set_exit_on_disconnect(connection, 0)
        guard dbus_bus_register(connection, &error) != 0 else {
            throw BusLink.failure("The bus at \(address.shown) refuses this process.", &error)
        }
    }

    private static func failure(_ message: String, _ error: inout DBusError) -> BusError {
        defer { dbus_error_free(&error) }
        return BusError(.cannotConnect, message, cause: error.message.map { String(cString: $0) })
    }

    deinit { close() }

    /// Ends the connection. Called before the last reference goes, since libdbus calls back.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        dbus_connection_set_watch_functions(connection, nil, nil, nil, nil, nil)
        dbus_connection_set_timeout_functions(connection, nil, nil, nil, nil, nil)
        dbus_connection_close(connection)
        // What was read and not taken goes with it.
        while let message = dbus_connection_pop_message(connection) { dbus_message_unref(message) }
        dbus_connection_unref(connection)
    }

    /// The callbacks hold no reference: they end with the connection, in ``close()``.
    func watch() throws(BusError) {
        let data = Unmanaged.passUnretained(self).toOpaque()
        let watching = dbus_connection_set_watch_functions(
            connection, { watch, data in BusLink.of(data)?.add(watch: watch) ?? 0 },
            { watch, data in BusLink.of(data)?.remove(watch: watch) }, { _, _ in }, data, nil)
        let timing = dbus_connection_set_timeout_functions(
            connection, { timeout, data in BusLink.of(data)?.add(timeout: timeout) ?? 0 },
            { timeout, data in BusLink.of(data)?.remove(timeout: timeout) },
            { timeout, data in
                BusLink.of(data)?.remove(timeout: timeout)
                _ = BusLink.of(data)?.add(timeout: timeout)
            }, data, nil)
        guard watching != 0, timing != 0 else {
            throw BusError(.outOfMemory, "Memory is exhausted: the connection to the bus cannot be watched.")
        }
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> BusLink? {
        data.map { Unmanaged<BusLink>.fromOpaque($0).takeUnretainedValue() }
    }

    private func add(watch: OpaquePointer?) -> dbus_bool_t {
        if let watch { watches.append(watch) }
        return 1
    }

    private func remove(watch: OpaquePointer?) { watches.removeAll { $0 == watch } }

    private func add(timeout: OpaquePointer?) -> dbus_bool_t {
        if let timeout {
            let interval = Duration.milliseconds(Int(dbus_timeout_get_interval(timeout)))
            timeouts.append((timeout, .now + interval))
        }
        return 1
    }

    private func remove(timeout: OpaquePointer?) { timeouts.removeAll { $0.timeout == timeout } }
}

// MARK: - Waiting

extension BusLink {
    /// What to wait for.
    var interests: [pollfd] {
        var interests: [pollfd] = []
        for watch in watches where dbus_watch_get_enabled(watch) != 0 {
            let flags = dbus_watch_get_flags(watch)
            var events: Int16 = 0
            if flags & DBUS_WATCH_READABLE.rawValue != 0 { events |= Int16(POLLIN) }
            if flags & DBUS_WATCH_WRITABLE.rawValue != 0 { events |= Int16(POLLOUT) }
            let descriptor = dbus_watch_get_unix_fd(watch)
            if let index = interests.firstIndex(where: { $0.fd == descriptor }) {
                interests[index].events |= events
            } else {
                interests.append(pollfd(fd: descriptor, events: events, revents: 0))
            }
        }
        return interests
    }

    var deadline: ContinuousClock.Instant? {
        timeouts.filter { dbus_timeout_get_enabled($0.timeout) != 0 }.map(\.deadline).min()
    }

    /// Lets libdbus read and write what is ready.
    func handle(_ ready: ArraySlice<pollfd>) {
        for watch in watches {
            // Handling one watch may remove another.
            guard watches.contains(watch), dbus_watch_get_enabled(watch) != 0 else { continue }
            let descriptor = dbus_watch_get_unix_fd(watch)
            guard let events = ready.first(where: { $0.fd == descriptor })?.revents, events != 0 else { continue }
            var flags: UInt32 = 0
            if events & Int16(POLLIN) != 0 { flags |= DBUS_WATCH_READABLE.rawValue }
            if events & Int16(POLLOUT) != 0 { flags |= DBUS_WATCH_WRITABLE.rawValue }
            if events & Int16(POLLERR) != 0 { flags |= DBUS_WATCH_ERROR.rawValue }
            if events & Int16(POLLHUP) != 0 { flags |= DBUS_WATCH_HANGUP.rawValue }
            flags &= dbus_watch_get_flags(watch) | DBUS_WATCH_ERROR.rawValue | DBUS_WATCH_HANGUP.rawValue
            if flags != 0 { _ = dbus_watch_handle(watch, flags) }
        }
    }

    func handleTimeouts(now: ContinuousClock.Instant) {
        for index in timeouts.indices where index < timeouts.count && timeouts[index].deadline <= now {
            let timeout = timeouts[index].timeout
            guard dbus_timeout_get_enabled(timeout) != 0 else { continue }
            timeouts[index].deadline = now + .milliseconds(Int(dbus_timeout_get_interval(timeout)))
            _ = dbus_timeout_handle(timeout)
        }
    }
}

// MARK: - Messages

extension BusLink {
    var uniqueName: String { dbus_bus_get_unique_name(connection).map { String(cString: $0) } ?? "" }

    var isConnected: Bool { dbus_connection_get_is_connected(connection) != 0 }

    /// Puts a message into the queue and writes what the socket takes at once. The message's serial number.
    func send(_ message: EncodedMessage) throws(BusError) -> UInt32 {
        guard isConnected else { throw BusError.connectionLost }
        guard dbus_connection_get_outgoing_size(connection) < BusLimits.unsentBytes else {
            throw BusError(.limitsExceeded, "The bus does not read: \(BusLimits.unsentBytes) bytes wait to be sent.")
        }
        guard !message.hasFileDescriptor || dbus_connection_can_send_type(connection, Int32(BusType.unixFD.code)) != 0
        else { throw BusError(.notSupported, "This bus does not carry file descriptors.") }
        var serial: dbus_uint32_t = 0
        guard dbus_connection_send(connection, message.pointer, &serial) != 0 else {
            throw BusError(.outOfMemory, "Memory is exhausted: the message could not be sent.")
        }
        return serial
    }

    /// Writes what waits, before closing; not for long, since the bus may have stopped reading.
    func flush() {
        let deadline = ContinuousClock.now + .seconds(1)
        while isConnected, dbus_connection_has_messages_to_send(connection) != 0, ContinuousClock.now < deadline {
            _ = dbus_connection_read_write(connection, 50)
        }
    }

    func receive() -> ReceivedMessage? {
        // The queue may be empty for a message that a dispatch would take: none is dispatched here.
        guard let message = dbus_connection_pop_message(connection) else { return nil }
        return ReceivedMessage(owning: message)
    }
}

extension BusError {
    static let connectionLost = BusError(.disconnected, "The connection to the bus is lost.")
}
