import CDBus

/// A message that arrived, on the thread that owns the connection. The header is read at once, the body on demand, so
/// that a call with wrong arguments costs nothing.
struct ReceivedMessage: ~Copyable {
    enum Kind { case methodCall, methodReturn, error, signal, other }

    private let pointer: OpaquePointer

    /// Takes the reference over.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { dbus_message_unref(pointer) }

    var kind: Kind {
        switch dbus_message_get_type(pointer) {
        case Int32(CDBUS_MESSAGE_METHOD_CALL): .methodCall
        case Int32(CDBUS_MESSAGE_METHOD_RETURN): .methodReturn
        case Int32(CDBUS_MESSAGE_ERROR): .error
        case Int32(CDBUS_MESSAGE_SIGNAL): .signal
        default: .other
        }
    }

    var serial: UInt32 { dbus_message_get_serial(pointer) }
    var replySerial: UInt32 { dbus_message_get_reply_serial(pointer) }
    var sender: String? { dbus_message_get_sender(pointer).map { String(cString: $0) } }
    var path: String? { dbus_message_get_path(pointer).map { String(cString: $0) } }
    var interface: String? { dbus_message_get_interface(pointer).map { String(cString: $0) } }
    var member: String? { dbus_message_get_member(pointer).map { String(cString: $0) } }
    var errorName: String? { dbus_message_get_error_name(pointer).map { String(cString: $0) } }
    var expectsNoReply: Bool { dbus_message_get_no_reply(pointer) != 0 }
    var isInteractive: Bool { dbus_message_get_allow_interactive_authorization(pointer) != 0 }
    var signature: String { dbus_message_get_signature(pointer).map { String(cString: $0) } ?? "" }

    /// The values. Throws ``BusError/Code/tooLarge`` beyond the limits.
    func body(within budget: BusBudget = BusBudget()) throws(BusError) -> [BusValue] {
        let types = try BusSignature(signature).types
        var iterator = DBusMessageIter()
        guard !types.isEmpty, dbus_message_iter_init(pointer, &iterator) != 0 else { return [] }
        var budget = budget
        var values: [BusValue] = []
        values.reserveCapacity(types.count)
        for type in types {
            values.append(try read(type, &iterator, &budget, depth: 1))
            dbus_message_iter_next(&iterator)
        }
        return values
    }

    /// The text of an error, its first value by convention.
    var errorText: String? {
        var iterator = DBusMessageIter()
        guard dbus_message_iter_init(pointer, &iterator) != 0,
            dbus_message_iter_get_arg_type(&iterator) == Int32(BusType.string.code)
        else { return nil }
        return readText(&iterator)
    }
}

private func read(
    _ type: BusType, _ iterator: inout DBusMessageIter, _ budget: inout BusBudget, depth: Int
) throws(BusError) -> BusValue {
    guard dbus_message_iter_get_arg_type(&iterator) == Int32(type.code) else {
        throw BusError(.badReply, "The message's values are not those of its signature.")
    }
    switch type {
    case .string, .objectPath, .signature:
        let text = readText(&iterator)
        try budget.spend(bytes: text.utf8.count, depth: depth)
        switch type {
        case .objectPath: return .objectPath(try BusObjectPath(text))
        case .signature: return .signature(try BusSignature(text))
        default: return .string(text)
        }
    case .array(.byte):
        return .bytes(try readBytes(&iterator, &budget, depth: depth))
    case .array, .dictionary, .structure, .variant:
        try budget.spend(bytes: 8, depth: depth)
        return try readContainer(type, &iterator, &budget, depth: depth + 1)
    default:
        try budget.spend(bytes: 8, depth: depth)
        return readNumber(type, &iterator)
    }
}

private func readContainer(
    _ type: BusType, _ iterator: inout DBusMessageIter, _ budget: inout BusBudget, depth: Int
) throws(BusError) -> BusValue {
    var inner = DBusMessageIter()
    dbus_message_iter_recurse(&iterator, &inner)
    switch type {
    case .array(let element):
        var values: [BusValue] = []
        while dbus_message_iter_get_arg_type(&inner) != 0 {
            values.append(try read(element, &inner, &budget, depth: depth))
            dbus_message_iter_next(&inner)
        }
        return .array(of: element, values)
    case .dictionary(let key, let value):
        var entries: [BusEntry] = []
        while dbus_message_iter_get_arg_type(&inner) != 0 {
            var pair = DBusMessageIter()
            dbus_message_iter_recurse(&inner, &pair)
            let entryKey = try read(key, &pair, &budget, depth: depth)
            dbus_message_iter_next(&pair)
            entries.append(BusEntry(entryKey, try read(value, &pair, &budget, depth: depth)))
            dbus_message_iter_next(&inner)
        }
        return .dictionary(key: key, value: value, entries)
    case .structure(let types):
        var fields: [BusValue] = []
        for type in types {
            fields.append(try read(type, &inner, &budget, depth: depth))
            dbus_message_iter_next(&inner)
        }
        return .structure(fields)
    default:
        let text = dbus_message_iter_get_signature(&inner)
        defer { dbus_free(text) }
        guard let text, let content = try BusSignature(String(cString: text)).types.first else {
            throw BusError(.outOfMemory, "Memory is exhausted: a variant could not be read.")
        }
        return .variant(try read(content, &inner, &budget, depth: depth))
    }
}

private func readText(_ iterator: inout DBusMessageIter) -> String {
    var pointer: UnsafePointer<CChar>?
    dbus_message_iter_get_basic(&iterator, &pointer)
    return pointer.map { String(cString: $0) } ?? ""
}

private func readBytes(
    _ iterator: inout DBusMessageIter, _ budget: inout BusBudget, depth: Int
) throws(BusError) -> [UInt8] {
    var inner = DBusMessageIter()
    dbus_message_iter_recurse(&iterator, &inner)
    var pointer: UnsafePointer<UInt8>?
    var count: Int32 = 0
    if dbus_message_iter_get_arg_type(&inner) != 0 { dbus_message_iter_get_fixed_array(&inner, &pointer, &count) }
    try budget.spend(bytes: Int(count), depth: depth)
    return Array(UnsafeBufferPointer(start: pointer, count: Int(count)))
}

private func readNumber(_ type: BusType, _ iterator: inout DBusMessageIter) -> BusValue {
    func number<Number: Numeric & BitwiseCopyable>(_ make: (Number) -> BusValue) -> BusValue {
        var value = Number.zero
        dbus_message_iter_get_basic(&iterator, &value)
        return make(value)
    }
    switch type {
    case .byte: return number(BusValue.byte)
    case .boolean: return number { (flag: dbus_bool_t) in .boolean(flag != 0) }
    case .int16: return number(BusValue.int16)
    case .uint16: return number(BusValue.uint16)
    case .int32: return number(BusValue.int32)
    case .uint32: return number(BusValue.uint32)
    case .int64: return number(BusValue.int64)
    case .uint64: return number(BusValue.uint64)
    case .double: return number(BusValue.double)
    default: return number { (descriptor: Int32) in .unixFD(BusFileDescriptor(owning: descriptor)) }
    }
}
