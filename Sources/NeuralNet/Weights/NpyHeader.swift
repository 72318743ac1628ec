/// The header of a `.npy` file, completely validated: magic, version, length, and a Python dictionary of exactly
/// `descr`, `fortran_order` and `shape`.
struct NpyHeader {
    let dtype: StorageDtype
    let isFortranOrder: Bool
    let shape: [Int]
    /// Where the data begins; it fills the rest of the file.
    let dataStart: Int

    /// Longest dictionary that is read, in bytes. Version 1.0 has no longer one; the others need it only for
    /// structures, which are not read.
    static let maximumByteCount = 65_535
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Reads and validates the header of `file`; throws `malformedFile` or `unsupported`.
    init(_ file: FileBytes, operation: String) throws {
        func malformed(_ message: String) -> NeuralNetError {
            NeuralNetError(.malformedFile, operation: operation, message: message)
        }
        let start = file.array(0..<min(12, file.count))
        guard start.count >= 10, start.starts(with: NpyHeader.magic) else {
            throw malformed("A .npy file starts with \\x93NUMPY, a version and a length; this one does not.")
        }
        guard (1...3).contains(start[6]), start[7] == 0 else {
            throw NeuralNetError(
                .unsupported, operation: operation,
                message: "Version \(start[6]).\(start[7]) of the .npy format is not known; expected 1.0 to 3.0.")
        }
        let lengthBytes = start[6] == 1 ? 2 : 4
        guard start.count >= 8 + lengthBytes else { throw malformed("The file ends inside its header.") }
        let length = start[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
        let dictionaryStart = 8 + lengthBytes
        guard length <= NpyHeader.maximumByteCount else {
            throw malformed("The header claims \(length) bytes; at most \(NpyHeader.maximumByteCount) are read.")
        }
        guard length <= file.count - dictionaryStart else {
            throw malformed("The header claims \(length) bytes, but only \(file.count - dictionaryStart) follow.")
        }
        dataStart = dictionaryStart + length
        var scanner = NpyDictionaryScanner(file.array(dictionaryStart..<dataStart), operation: operation)
        let fields = try scanner.fields()
        dtype = try NpyHeader.dtype(fields.descriptor, operation: operation)
        isFortranOrder = fields.isFortranOrder
        shape = fields.shape
        guard let expected = dtype.byteCount(shape: shape) else { throw malformed("The shape \(shape) is impossible.") }
        guard file.count - dataStart == expected else {
            throw malformed(
                "An array of shape \(shape) and type \(fields.descriptor) needs \(expected) bytes, but "
                    + "\(file.count - dataStart) follow the header.")
        }
    }

    /// The header of a C-ordered array, version 1.0, padded with spaces so that the data starts at a multiple of 64.
    static func encoded(descriptor: String, shape: [Int]) -> [UInt8] {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let dictionary = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(extents)), }"
        let unpadded = magic.count + 4 + dictionary.utf8.count + 1
        let padding = String(repeating: " ", count: (64 - unpadded % 64) % 64)
        let length = dictionary.utf8.count + padding.utf8.count + 1
        // At most 64 dimensions of 20 digits: the length always fits the 16 bits of version 1.0.
        return magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array((dictionary + padding + "\n").utf8)
    }

    private static func dtype(_ descriptor: String, operation: String) throws -> StorageDtype {
        switch descriptor {
        case "<f2": .float16
        case "<f4": .float32
        case "<f8": .float64
        case "|b1": .bool
        case "|u1", "<u1": .uint8
        case "|i1", "<i1": .int8
        case "<u2": .uint16
        case "<i2": .int16
        case "<u4": .uint32
        case "<i4": .int32
        case "<u8": .uint64
        case "<i8": .int64
        default:
            throw NeuralNetError(
                .unsupported, operation: operation,
                message: "Arrays of type \(quotedForMessage(descriptor)) are not read; expected little-endian "
                    + "floats, integers or booleans.")
        }
    }
}

/// A strict scanner for the dictionary of a `.npy` header, which is a Python literal.
private struct NpyDictionaryScanner {
    struct Fields {
        var descriptor: String
        var isFortranOrder: Bool
        var shape: [Int]
    }

    private let bytes: [UInt8]
    private var position = 0
    private let operation: String

    init(_ bytes: [UInt8], operation: String) {
        self.bytes = bytes
        self.operation = operation
    }

    /// Scans the whole header: the dictionary, then nothing but white space.
    mutating func fields() throws -> Fields {
        var descriptor: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !take("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where descriptor == nil: descriptor = try elementType()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
            case "shape" where shape == nil: shape = try tuple()
            default: throw malformed("the key \(quotedForMessage(key)) is unknown or occurs twice")
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard position == bytes.count else { throw malformed("expected the end of the header") }
        guard let descriptor, let isFortranOrder, let shape else {
            throw malformed("expected the keys descr, fortran_order and shape")
        }
        return Fields(descriptor: descriptor, isFortranOrder: isFortranOrder, shape: shape)
    }

    private mutating func elementType() throws -> String {
        if take("[") || take("(") {
            throw NeuralNetError(
                .unsupported, operation: operation, message: "Arrays of structures are not read.")
        }
        return try string()
    }

    private mutating func boolean() throws -> Bool {
        if takeWord("True") { return true }
        if takeWord("False") { return false }
        throw malformed("expected True or False")
    }

    /// A tuple of non-negative integers: `()`, `(3,)`, `(3, 4)`.
    private mutating func tuple() throws -> [Int] {
        var extents: [Int] = []
        try expect("(")
        while !take(")") {
            guard extents.count < maximumStoredRank else {
                throw malformed("more than \(maximumStoredRank) dimensions")
            }
            extents.append(try integer())
            if !take(",") {
                guard extents.count > 1 else { throw malformed("expected a tuple") }
                try expect(")")
                break
            }
        }
        return extents
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        let start = position
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)),
            bytes[start] != UInt8(ascii: "0") || position == start + 1
        else { throw malformed("expected a non-negative integer") }
        return value
    }

    /// A quoted string without escapes; the strings of the formats that are read have none.
    private mutating func string() throws -> String {
        skipSpace()
        guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw malformed("expected a string")
        }
        position += 1
        let start = position
        while let byte = peek, byte != quote {
            guard (0x20..<0x7f).contains(byte), byte != UInt8(ascii: "\\") else {
                throw malformed("expected plain ASCII")
            }
            position += 1
        }
        guard peek == quote else { throw malformed("a string does not end") }
        position += 1
        return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: UnicodeScalar) -> Bool {
        skipSpace()
        guard let byte = peek, UnicodeScalar(byte) == character else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func expect(_ character: UnicodeScalar) throws {
        guard take(character) else { throw malformed("expected \"\(character)\"") }
    }

    private func malformed(_ what: String) -> NeuralNetError {
        NeuralNetError(
            .malformedFile, operation: operation, message: "The header is not valid at its byte \(position): \(what).")
    }
}
