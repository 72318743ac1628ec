import Foundation

/// A message as it crosses the socket: four bytes of length, big-endian, then so many bytes of JSON.
public enum Frame {
    /// Longer ones are a sign of a peer that has lost its mind.
    public static let largest = 1 << 20

    public enum Malformed: Error, Hashable, Sendable {
        case tooLong(Int)
        case notAMessage(String)
    }

    /// Throws `tooLong`.
    public static func encoded(_ message: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        // JSON knows no infinity; a peer must be able to read whatever was computed.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let body = try encoder.encode(message)
        guard body.count <= largest else { throw Malformed.tooLong(body.count) }
        let length = UInt32(body.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + body
    }

    static func decoded<Message: Decodable>(_ body: ArraySlice<UInt8>, as type: Message.Type) throws -> Message {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(Message.self, from: Data(body))
        } catch {
            throw Malformed.notAMessage("\(error)")
        }
    }
}

/// Puts messages together from bytes as they come.
public struct FrameReader<Message: Decodable & Sendable>: Sendable {
    private var pending: [UInt8] = []

    public init() {}

    /// The messages that are whole now. Throws `Frame.Malformed`; nothing more can be read then.
    public mutating func take(_ bytes: some Sequence<UInt8>) throws -> [Message] {
        pending += bytes
        var messages: [Message] = []
        var start = 0
        while pending.count - start >= 4 {
            let length = pending[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= Frame.largest else { throw Frame.Malformed.tooLong(length) }
            guard pending.count - start - 4 >= length else { break }
            messages.append(try Frame.decoded(pending[start + 4..<start + 4 + length], as: Message.self))
            start += 4 + length
        }
        if start > 0 { pending.removeFirst(start) }
        return messages
    }
}
