/// A strict JSON scanner over untrusted bytes.
///
/// It has no general value: the caller asks for exactly what the format allows at each place, so nesting is bounded by
/// the caller's code, nothing is built that the format does not have, and every read is bounds-checked. Strings must
/// be valid UTF-8; numbers are non-negative integers, since safetensors headers have no others.
struct HeaderScanner {
    private let bytes: [UInt8]
    private var position = 0
    private let operation: String

    init(_ bytes: [UInt8], operation: String) {
        self.bytes = bytes
        self.operation = operation
    }

    /// Scans an object, calling `member` with each key; `member` must consume the value.
    mutating func object(_ member: (inout HeaderScanner, String) throws -> Void) throws {
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            skipSpace()
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try member(&self, key)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Scans an array of non-negative integers of at most `limit` elements.
    mutating func integers(limit: Int) throws -> [Int] {
        var values: [Int] = []
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return values }
        repeat {
            guard values.count < limit else { throw malformed("expected at most \(limit) numbers") }
            values.append(try integer())
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return values
    }

    /// Scans a string, decoding its escapes.
    mutating func string() throws -> String {
        try expect(UInt8(ascii: "\""))
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        var content = bytes[start..<position]
        while let byte = peek, byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") {
                position += 1
                content.append(contentsOf: try escapedCharacter().utf8)
            } else if byte >= 0x20 {
                content.append(byte)
                position += 1
            } else {
                throw malformed("a string contains a control character")
            }
        }
        try expectHere(UInt8(ascii: "\""))
        guard let text = String(validating: content, as: UTF8.self) else {
            throw malformed("a string is not valid UTF-8")
        }
        return text
    }

    /// Checks that nothing but white space follows.
    mutating func end() throws {
        skipSpace()
        guard position == bytes.count else { throw malformed("expected the end of the header") }
    }

    /// The error for a violation at the current position.
    func malformed(_ what: String) -> NeuralNetError {
        NeuralNetError(
            .malformedFile, operation: operation, message: "The header is not valid at its byte \(position): \(what).")
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw malformed("a number is too large") }
            value = sum
            position += 1
        }
        guard position > start else { throw malformed("expected a non-negative integer") }
        guard position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
            throw malformed("a number starts with a zero")
        }
        return value
    }

    private mutating func escapedCharacter() throws -> String {
        guard let byte = peek else { throw malformed("the header ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try String(unicodeEscape())
        default: throw malformed("a string contains an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws -> UnicodeScalar {
        let first = try fourHexDigits()
        if let scalar = UnicodeScalar(first) { return scalar }
        // A surrogate: it must be a high one, and a low one must follow.
        guard first < 0xdc00, takeHere(UInt8(ascii: "\\")), takeHere(UInt8(ascii: "u")) else {
            throw malformed("a string contains half a surrogate pair")
        }
        let second = try fourHexDigits()
        guard (0xdc00...0xdfff).contains(second),
            let scalar = UnicodeScalar(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        else { throw malformed("a string contains half a surrogate pair") }
        return scalar
    }

    private mutating func fourHexDigits() throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw malformed("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    /// Skips white space, then consumes `byte` if it is next.
    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        return takeHere(byte)
    }

    private mutating func takeHere(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws {
        skipSpace()
        try expectHere(byte)
    }

    private mutating func expectHere(_ byte: UInt8) throws {
        guard takeHere(byte) else {
            let found = peek.map { quotedForMessage(String(UnicodeScalar($0))) } ?? "its end"
            throw malformed("expected \(quotedForMessage(String(UnicodeScalar(byte)))) but found \(found)")
        }
    }
}
