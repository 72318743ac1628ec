import CDBus

/// A message of libdbus, ready to be sent. Everything in it was checked before libdbus saw it.
///
/// @unchecked: libdbus counts references atomically, and nobody changes the message after `init`; sending locks it.
final class EncodedMessage: @unchecked Sendable {
    let pointer: OpaquePointer
    let hasFileDescriptor: Bool

    deinit { dbus_message_unref(pointer) }

    /// Throws ``BusError``: `invalidName`, `invalidSignature`, `invalidValue`, `tooLarge`, `outOfMemory`.
    init(_ message: BusMessage) throws(BusError) {
        try message.checkNames()
        var budget = BusBudget()
        for value in message.body { try value.check(as: value.type, budget: &budget, depth: 1) }
        let signature = try BusSignature(message.body.map(\.type))
        guard let pointer = dbus_message_new(message.kind.code) else { throw outOfMemory }
        self.pointer = pointer
        hasFileDescriptor = signature.text.contains("h") || message.body.contains(where: \.holdsFileDescriptor)
        try message.setHeader(of: pointer)
        var iterator = DBusMessageIter()
        dbus_message_iter_init_append(pointer, &iterator)
        for value in message.body { try append(value, to: &iterator) }
    }
}

private let outOfMemory = BusError(.outOfMemory, "Memory is exhausted: the message could not be built.")

private func require(_ success: dbus_bool_t) throws(BusError) {
    guard success != 0 else { throw outOfMemory }
}

extension BusMessage.Kind {
    fileprivate var code: Int32 {
        switch self {
        case .methodCall: Int32(CDBUS_MESSAGE_METHOD_CALL)
        case .methodReturn: Int32(CDBUS_MESSAGE_METHOD_RETURN)
        case .error: Int32(CDBUS_MESSAGE_ERROR)
        case .signal: Int32(CDBUS_MESSAGE_SIGNAL)
        }
    }
}

extension BusMessage {
    fileprivate func checkNames() throws(BusError) {
        try destination?.check()
        switch kind {
        case .methodCall(let path, let interface, let member):
            try path.check()
            try interface?.check()
            try member.check()
        case .signal(let path, let interface, let member):
            try path.check()
            try interface.check()
            try member.check()
        case .methodReturn(let serial):
            try checkSerial(serial)
        case .error(let name, let serial):
            try name.check()
            try checkSerial(serial)
        }
    }

    private func checkSerial(_ serial: UInt32) throws(BusError) {
        guard serial != 0 else { throw BusError(.invalidValue, "An answer names the call that it answers, not 0.") }
    }

    fileprivate func setHeader(of pointer: OpaquePointer) throws(BusError) {
        if let destination { try require(dbus_message_set_destination(pointer, destination.text)) }
        dbus_message_set_no_reply(pointer, expectsNoReply ? 1 : 0)
        dbus_message_set_auto_start(pointer, mayStartDestination ? 1 : 0)
        dbus_message_set_allow_interactive_authorization(pointer, isInteractive ? 1 : 0)
        switch kind {
        case .methodCall(let path, let interface, let member):
            try require(dbus_message_set_path(pointer, path.text))
            if let interface { try require(dbus_message_set_interface(pointer, interface.text)) }
            try require(dbus_message_set_member(pointer, member.text))
        case .signal(let path, let interface, let member):
            try require(dbus_message_set_path(pointer, path.text))
            try require(dbus_message_set_interface(pointer, interface.text))
            try require(dbus_message_set_member(pointer, member.text))
        case .methodReturn(let serial):
            try require(dbus_message_set_reply_serial(pointer, serial))
        case .error(let name, let serial):
            try require(dbus_message_set_error_name(pointer, name.text))
            try require(dbus_message_set_reply_serial(pointer, serial))
        }
    }
}

// MARK: - Values

private func append(_ value: BusValue, to iterator: inout DBusMessageIter) throws(BusError) {
    switch value {
    case .byte(var number): try appendBasic(&number, .byte, &iterator)
    case .boolean(let flag):
        var number: dbus_bool_t = flag ? 1 : 0
        try appendBasic(&number, .boolean, &iterator)
    case .int16(var number): try appendBasic(&number, .int16, &iterator)
    case .uint16(var number): try appendBasic(&number, .uint16, &iterator)
    case .int32(var number): try appendBasic(&number, .int32, &iterator)
    case .uint32(var number): try appendBasic(&number, .uint32, &iterator)
    case .int64(var number): try appendBasic(&number, .int64, &iterator)
    case .uint64(var number): try appendBasic(&number, .uint64, &iterator)
    case .double(var number): try appendBasic(&number, .double, &iterator)
    case .string(let text): try appendText(text, .string, &iterator)
    case .objectPath(let path): try appendText(path.text, .objectPath, &iterator)
    case .signature(let signature): try appendText(signature.text, .signature, &iterator)
    case .unixFD(let descriptor):
        var number = descriptor.number
        try appendBasic(&number, .unixFD, &iterator)
    case .bytes(let bytes): try appendBytes(bytes, &iterator)
    case .array(let element, let values):
        try appendContainer(value.type.code, element.text, &iterator) { inner throws(BusError) in
            for value in values { try append(value, to: &inner) }
        }
    case .dictionary(let key, let type, let entries):
        try appendContainer(value.type.code, "{" + key.text + type.text + "}", &iterator) { inner throws(BusError) in
            for entry in entries {
                try appendContainer(UInt8(ascii: "e"), nil, &inner) { pair throws(BusError) in
                    try append(entry.key, to: &pair)
                    try append(entry.value, to: &pair)
                }
            }
        }
    case .structure(let fields):
        try appendContainer(value.type.code, nil, &iterator) { inner throws(BusError) in
            for field in fields { try append(field, to: &inner) }
        }
    case .variant(let content):
        try appendContainer(value.type.code, content.type.text, &iterator) { inner throws(BusError) in
            try append(content, to: &inner)
        }
    }
}

private func appendBasic<Number: BitwiseCopyable>(
    _ number: inout Number, _ type: BusType, _ iterator: inout DBusMessageIter
) throws(BusError) {
    try require(dbus_message_iter_append_basic(&iterator, Int32(type.code), &number))
}

private func appendText(_ text: String, _ type: BusType, _ iterator: inout DBusMessageIter) throws(BusError) {
    let success = text.withCString { characters in
        var pointer: UnsafePointer<CChar>? = characters
        return dbus_message_iter_append_basic(&iterator, Int32(type.code), &pointer)
    }
    try require(success)
}

private func appendBytes(_ bytes: [UInt8], _ iterator: inout DBusMessageIter) throws(BusError) {
    try appendContainer(UInt8(ascii: "a"), "y", &iterator) { inner throws(BusError) in
        let success = bytes.withUnsafeBufferPointer { buffer in
            guard !buffer.isEmpty else { return dbus_bool_t(1) }
            var pointer = buffer.baseAddress
            return dbus_message_iter_append_fixed_array(
                &inner, Int32(UInt8(ascii: "y")), &pointer, Int32(buffer.count))
        }
        try require(success)
    }
}

private func appendContainer(
    _ code: UInt8, _ signature: String?, _ iterator: inout DBusMessageIter,
    _ content: (inout DBusMessageIter) throws(BusError) -> Void
) throws(BusError) {
    var inner = DBusMessageIter()
    try require(dbus_message_iter_open_container(&iterator, Int32(code), signature, &inner))
    do {
        try content(&inner)
    } catch {
        dbus_message_iter_abandon_container(&iterator, &inner)
        throw error
    }
    try require(dbus_message_iter_close_container(&iterator, &inner))
}

extension BusValue {
    /// Whether a descriptor lies anywhere inside; a variant hides it from the signature.
    fileprivate var holdsFileDescriptor: Bool {
        switch self {
        case .unixFD: true
        case .variant(let inner): inner.holdsFileDescriptor
        case .array(let element, let values):
            (element == .variant || !element.isBasic) && values.contains(where: \.holdsFileDescriptor)
        case .dictionary(_, let type, let entries):
            (type == .variant || !type.isBasic) && entries.contains { $0.value.holdsFileDescriptor }
        case .structure(let fields): fields.contains(where: \.holdsFileDescriptor)
        default: false
        }
    }
}
