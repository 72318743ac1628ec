@testable import WorkerLink

/// libFuzzer's entry: the first byte says whose messages these are and in pieces of what size they come. Any bytes must
/// give messages or `Frame.Malformed`, in pieces as at once, and a message must survive being sent on.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzOne(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let choice = input.first else { return 0 }
    let size = Int(choice >> 1) + 1
    if choice & 1 == 0 {
        check(input.dropFirst(), inPiecesOf: size, as: WorkerMessage.self)
    } else {
        check(input.dropFirst(), inPiecesOf: size, as: DaemonMessage.self)
    }
    return 0
}

private func check<Message: Codable & Hashable & Sendable>(
    _ bytes: ArraySlice<UInt8>, inPiecesOf size: Int, as type: Message.Type
) {
    let pieces = stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map {
        bytes[$0..<min($0 + size, bytes.endIndex)]
    }
    let atOnce = messages([bytes], type)
    let inPieces = messages(pieces, type)
    precondition(atOnce.isWellFormed == inPieces.isWellFormed)
    // What stands before nonsense in one piece is lost with it.
    precondition(!atOnce.isWellFormed || areSame(atOnce.found, inPieces.found))
    for message in inPieces.found {
        guard let sent = try? Frame.encoded(message) else { preconditionFailure("not sent: \(message)") }
        let again = messages([sent[...]], type)
        precondition(again.isWellFormed && areSame(again.found, [message]), "\(message) became \(again.found)")
    }
}

private func messages<Message: Decodable & Sendable>(
    _ pieces: [ArraySlice<UInt8>], _ type: Message.Type
) -> (found: [Message], isWellFormed: Bool) {
    var reader = FrameReader<Message>()
    var found: [Message] = []
    do {
        for piece in pieces { found += try reader.take(piece) }
    } catch {
        precondition(error is Frame.Malformed, "\(error)")
        return (found, false)
    }
    return (found, true)
}

/// A NaN equals nothing, but is written like another.
private func areSame<Message: Equatable>(_ some: [Message], _ others: [Message]) -> Bool {
    some == others || "\(some)" == "\(others)"
}
