import CDBus
import Foundation

/// A client that writes to its socket what this library would not, and reads only when told.
final class RawClient {
    struct Failure: Error { let message: String }

    private let connection: OpaquePointer
    private var nextSerial: UInt32 = 1000
    private var isClosed = false

    init(_ address: String) throws {
        guard let connection = dbus_connection_open_private(address, nil) else { throw Failure(message: "no bus") }
        self.connection = connection
        dbus_connection_set_exit_on_disconnect(connection, 0)
        guard dbus_bus_register(connection, nil) != 0 else { throw Failure(message: "no name") }
    }

    deinit {
        close()
        dbus_connection_unref(connection)
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        dbus_connection_close(connection)
    }

    /// Calls `Echo` with an array of numbers, without reading. The serial number of the call.
    func send(to name: String, numbers: Int) throws -> UInt32 {
        try call(name, "Echo") { iterator in
            var (variant, array) = (DBusMessageIter(), DBusMessageIter())
            dbus_message_iter_open_container(&iterator, Int32(UInt8(ascii: "v")), "ai", &variant)
            dbus_message_iter_open_container(&variant, Int32(UInt8(ascii: "a")), "i", &array)
            let values = [Int32](repeating: 7, count: numbers)
            values.withUnsafeBufferPointer { buffer in
                var pointer = buffer.baseAddress
                _ = dbus_message_iter_append_fixed_array(
                    &array, Int32(UInt8(ascii: "i")), &pointer, Int32(buffer.count))
            }
            dbus_message_iter_close_container(&variant, &array)
            dbus_message_iter_close_container(&iterator, &variant)
        }
    }

    /// Calls `Echo` with a long text, often, without reading.
    func flood(_ name: String, count: Int, bytes: Int) throws {
        let text = String(repeating: "x", count: bytes)
        for _ in 0..<count {
            _ = try call(name, "Echo") { iterator in
                var variant = DBusMessageIter()
                dbus_message_iter_open_container(&iterator, Int32(UInt8(ascii: "v")), "s", &variant)
                text.withCString { characters in
                    var pointer: UnsafePointer<CChar>? = characters
                    _ = dbus_message_iter_append_basic(&variant, Int32(UInt8(ascii: "s")), &pointer)
                }
                dbus_message_iter_close_container(&iterator, &variant)
            }
        }
    }

    /// Reads until the answer to a call is there.
    func errorName(answering serial: UInt32) throws -> String? {
        while dbus_connection_read_write(connection, 10_000) != 0 {
            while let message = dbus_connection_pop_message(connection) {
                defer { dbus_message_unref(message) }
                guard dbus_message_get_reply_serial(message) == serial else { continue }
                return dbus_message_get_error_name(message).map { String(cString: $0) }
            }
        }
        throw Failure(message: "the connection was lost")
    }

    private func call(_ name: String, _ member: String, _ append: (inout DBusMessageIter) -> Void) throws -> UInt32 {
        let message = dbus_message_new_method_call(name, "/org/example/Echo", "org.example.Echo", member)
        defer { dbus_message_unref(message) }
        var iterator = DBusMessageIter()
        dbus_message_iter_init_append(message, &iterator)
        append(&iterator)
        nextSerial += 1
        dbus_message_set_serial(message, nextSerial)
        var (bytes, count): (UnsafeMutablePointer<CChar>?, Int32) = (nil, 0)
        guard dbus_message_marshal(message, &bytes, &count) != 0, let bytes else { throw Failure(message: "no memory") }
        defer { dbus_free(bytes) }
        var descriptor: Int32 = -1
        dbus_connection_get_unix_fd(connection, &descriptor)
        var written = 0
        while written < Int(count) {
            let result = write(descriptor, bytes + written, Int(count) - written)
            if result > 0 {
                written += result
            } else {
                guard errno == EAGAIN || errno == EINTR else { throw Failure(message: "write: \(errno)") }
                var interest = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&interest, 1, 10_000) > 0 else { throw Failure(message: "the bus does not read") }
            }
        }
        return nextSerial
    }
}
