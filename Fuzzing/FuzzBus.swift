import CDBus

@testable import Bus

/// libFuzzer's entry. The first byte says what the others are: a whole message; a signature and a body, which get a
/// header that fits; or text that the station shows on the bus, such as a worker's.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzOne(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let choice = input.first else { return 0 }
    switch choice % 3 {
    case 0: if let message = received(input.dropFirst()) { checkMessage(message) }
    case 1: if let message = received(framed(input.dropFirst())[...]) { checkMessage(message) }
    default: checkText(String(decoding: input.dropFirst(), as: UTF8.self))
    }
    return 0
}

// MARK: - Messages

/// Nil for bytes that libdbus would not hand on.
private func received(_ bytes: ArraySlice<UInt8>) -> ReceivedMessage? {
    let pointer = bytes.withUnsafeBytes { buffer in
        dbus_message_demarshal(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil)
    }
    guard let pointer else { return nil }
    return ReceivedMessage(owning: pointer)
}

/// A message of the signature up to the first zero and the body after it; its first byte says whose.
private func framed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let signature = bytes.dropFirst().prefix { $0 != 0 }.prefix(255)
    let body = bytes.dropFirst(signature.count + 2)
    let signals: [(interface: String, member: String)] = [
        ("Manager", "StudyQueued"), ("Manager", "StudyStarted"), ("Manager", "StudyCompleted"),
        ("Manager", "StudyFailed"), ("Job", "PropertiesChanged"),
    ]
    let signal = signals[Int(bytes.first ?? 0) % signals.count]
    var fields: [UInt8] = []
    func add(_ code: UInt8, _ type: Character, _ value: some Collection<UInt8>, lengthBytes: Int) {
        while fields.count % 8 != 0 { fields.append(0) }
        fields += [code, 1, type.asciiValue!, 0]
        fields += [UInt8(value.count)] + [UInt8](repeating: 0, count: lengthBytes - 1) + value + [0]
    }
    add(1, "o", "/org/lungtriage/Triage1/job/7".utf8, lengthBytes: 4)
    add(2, "s", "org.lungtriage.Triage1.\(signal.interface)".utf8, lengthBytes: 4)
    add(3, "s", signal.member.utf8, lengthBytes: 4)
    add(7, "s", ":1.7".utf8, lengthBytes: 4)
    add(8, "g", signature, lengthBytes: 1)
    let head = [UInt8(ascii: "l"), 4, 0, 1] + littleEndian(body.count) + littleEndian(1) + littleEndian(fields.count)
    return head + fields + [UInt8](repeating: 0, count: (8 - fields.count % 8) % 8) + body
}

private func littleEndian(_ number: Int) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
}

private func checkMessage(_ message: borrowing ReceivedMessage) {
    let limits = RequestLimits()
    _ = (message.kind, message.serial, message.replySerial, message.flags, message.errorName, message.errorText)
    let body: [BusValue]
    do throws(BusError) {
        body = try message.body(within: BusBudget(values: limits.argumentValues, bytes: limits.argumentBytes))
    } catch {
        // What libdbus lets through is well formed: nothing else may be wrong with it.
        precondition(error.code == .tooLarge, "\(error)")
        return
    }
    precondition(body.map(\.type.text).joined() == message.signature)
    checkSending(body)
    checkArguments(body)
    if let sender = message.sender, let interface = message.interface, let member = message.member,
        let path = message.path
    {
        guard let path = try? BusObjectPath(path) else { preconditionFailure(path) }
        if let id = TriageNames.id(ofJobAt: path) {
            precondition(TriageNames.id(ofJobAt: TriageNames.path(ofJob: id)) == id)
        }
        _ = TriageEvent(
            BusSignalMessage(sender: sender, path: path, interface: interface, member: member, body: body))
    }
}

extension ReceivedMessage {
    fileprivate var flags: (Bool, Bool) { (expectsNoReply, isInteractive) }
}

/// What was received can be sent on, and arrives as the same.
private func checkSending(_ body: [BusValue]) {
    do throws(BusError) {
        let message = try EncodedMessage(BusMessage(.methodReturn(to: 1), body))
        dbus_message_set_serial(message.pointer, 1)
        var bytes: UnsafeMutablePointer<CChar>?
        var count: Int32 = 0
        guard dbus_message_marshal(message.pointer, &bytes, &count) != 0, let bytes else { return }
        defer { dbus_free(bytes) }
        guard let pointer = dbus_message_demarshal(bytes, count, nil) else {
            // Descriptors do not travel in bytes.
            precondition(message.hasFileDescriptor, "\(body)")
            return
        }
        let again = try ReceivedMessage(owning: pointer).body()
        // A NaN equals nothing, but is written like another.
        precondition(again == body || "\(again)" == "\(body)", "\(body) became \(again)")
    } catch {
        // Of descriptors that did not come with the bytes.
        precondition(error.code == .outOfMemory, "\(error)")
    }
}

/// The bodies as arguments of the manager's methods, and as what a client hears from the service.
private func checkArguments(_ body: [BusValue]) {
    for value in body {
        do throws(BusError) {
            if let path = value.stringValue {
                let checked = try SubmitArguments.checkedPath(path)
                precondition(checked.hasPrefix("/") && !checked.contains("/../"))
            }
            if let options = value.detailValues {
                _ = try? SubmitArguments.priority(options)
                _ = try SubmitArguments.filter(options)
            }
        } catch {
            precondition(error.code == .invalidArgument, "\(error)")
            guard (try? EncodedMessage(error.reply)) != nil else { preconditionFailure("\(error)") }
        }
        if let job = TriageJob(row: value) { checkSending([job.row, .details(job.properties)]) }
        if let properties = value.detailValues {
            if let job = TriageJob(id: "7", properties: properties) {
                checkSending([job.row, .details(job.properties)])
            }
            checkSending([.details(TriageStatus(properties: properties).properties)])
        }
    }
}

extension BusError {
    fileprivate var reply: BusMessage {
        get throws(BusError) {
            try BusCallHeader(
                sender: ":1.7", path: "/", interface: nil, member: "Submit", serial: 1, expectsNoReply: false,
                isInteractive: false
            ).reply(self)
        }
    }
}

// MARK: - Text

/// Any text may be a name, and whatever a worker calls things can be sent.
private func checkText(_ text: String) {
    _ = try? BusSignature(text)
    _ = try? BusObjectPath(text)
    _ = try? BusName(text)
    _ = try? BusInterfaceName(text)
    _ = try? BusMemberName(text)
    precondition(TriageNames.id(ofJobAt: TriageNames.path(ofJob: text)) == (text.isEmpty ? nil : text))
    let details = ["text": BusValue.string(text)]
    let job = TriageJob(
        id: text, study: text, state: .failed, arrived: 0, progress: 0.5,
        result: TriageResult(
            level: text, po: .nan, pho: -1, zoneScore: 3, missing: ["po": text], details: details),
        failure: TriageFailure(code: text, message: text))
    let status = TriageStatus(
        activity: .idle, plugins: [TriagePlugin(id: text, version: text, role: text, details: details)],
        devices: [TriageDevice(id: text, kind: text, name: text, details: details)], tainted: [text],
        troubles: [text])
    checkSending([job.row, .details(job.properties), .details(status.properties)])
}
