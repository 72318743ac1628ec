/// The types of some values, one after the other: a message's body, or a value of type `g`.
package struct BusSignature: Hashable, Sendable {
    package let types: [BusType]
    package let text: String

    package static let empty = BusSignature(checked: [])

    /// Throws ``BusError/Code/invalidSignature`` for text that D-Bus does not allow: unknown types, open brackets,
    /// more than 255 characters, more than 32 arrays or structures inside each other, keys that are not basic.
    package init(_ text: String) throws(BusError) {
        var parser = SignatureParser(text)
        types = try parser.types()
        self.text = text
    }

    /// The signature of types; throws like ``init(_:)``.
    package init(_ types: [BusType]) throws(BusError) {
        try self.init(types.map(\.text).joined())
    }

    /// Of types that are known to be right; what is sent is checked again.
    init(checked types: [BusType]) {
        self.types = types
        text = types.map(\.text).joined()
    }
}

/// Reads signatures by recursive descent; the depth limits of D-Bus bound the recursion.
private struct SignatureParser {
    private let text: String
    private let codes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.text = text
        codes = Array(text.utf8)
    }

    mutating func types() throws(BusError) -> [BusType] {
        guard codes.count <= 255 else {
            throw BusError(.invalidSignature, "A signature has at most 255 characters; this one has \(codes.count).")
        }
        var types: [BusType] = []
        while position < codes.count { types.append(try type(arrays: 0, structures: 0)) }
        return types
    }

    private mutating func next() -> UInt8? {
        guard position < codes.count else { return nil }
        defer { position += 1 }
        return codes[position]
    }

    private mutating func type(arrays: Int, structures: Int) throws(BusError) -> BusType {
        guard arrays <= 32, structures <= 32 else { throw invalid("more than 32 levels") }
        guard let code = next() else { throw invalid("a type is missing at its end") }
        switch code {
        case UInt8(ascii: "a"):
            guard position < codes.count else { throw invalid("an array without a type") }
            guard codes[position] == UInt8(ascii: "{") else {
                return .array(try type(arrays: arrays + 1, structures: structures))
            }
            position += 1
            return try entry(arrays: arrays + 1, structures: structures + 1)
        case UInt8(ascii: "("):
            var fields: [BusType] = []
            while position < codes.count, codes[position] != UInt8(ascii: ")") {
                fields.append(try type(arrays: arrays, structures: structures + 1))
            }
            guard next() != nil else { throw invalid("a structure is not closed") }
            guard !fields.isEmpty, structures < 32 else { throw invalid("a structure is empty or too deep") }
            return .structure(fields)
        default:
            guard let simple = BusType(code: code) else { throw invalid("an unknown type") }
            return simple
        }
    }

    private mutating func entry(arrays: Int, structures: Int) throws(BusError) -> BusType {
        let key = try type(arrays: arrays, structures: structures)
        guard key.isBasic else { throw invalid("a key is not of a basic type") }
        let value = try type(arrays: arrays, structures: structures)
        guard next() == UInt8(ascii: "}") else { throw invalid("an entry is not closed") }
        return .dictionary(key: key, value: value)
    }

    private func invalid(_ reason: String) -> BusError {
        BusError(.invalidSignature, "“\(text)” is not a D-Bus signature: \(reason).")
    }
}
