/// One complete D-Bus type.
package enum BusType: Hashable, Sendable {
    case byte, boolean, int16, uint16, int32, uint32, int64, uint64, double
    case string, objectPath, signature, unixFD
    case variant
    indirect case array(BusType)
    /// An array of entries; the key is a basic type.
    indirect case dictionary(key: BusType, value: BusType)
    /// At least one field.
    case structure([BusType])

    /// `a{sv}`: options and details.
    package static let details = BusType.dictionary(key: .string, value: .variant)

    /// The type as D-Bus writes it, like `a{sv}`.
    package var text: String {
        switch self {
        case .array(let element): "a" + element.text
        case .dictionary(let key, let value): "a{" + key.text + value.text + "}"
        case .structure(let fields): "(" + fields.map(\.text).joined() + ")"
        default: String(UnicodeScalar(code))
        }
    }

    var isBasic: Bool {
        switch self {
        case .variant, .array, .dictionary, .structure: false
        default: true
        }
    }

    /// The first character of the type as libdbus knows it; `r` for a structure.
    var code: UInt8 {
        switch self {
        case .byte: UInt8(ascii: "y")
        case .boolean: UInt8(ascii: "b")
        case .int16: UInt8(ascii: "n")
        case .uint16: UInt8(ascii: "q")
        case .int32: UInt8(ascii: "i")
        case .uint32: UInt8(ascii: "u")
        case .int64: UInt8(ascii: "x")
        case .uint64: UInt8(ascii: "t")
        case .double: UInt8(ascii: "d")
        case .string: UInt8(ascii: "s")
        case .objectPath: UInt8(ascii: "o")
        case .signature: UInt8(ascii: "g")
        case .unixFD: UInt8(ascii: "h")
        case .variant: UInt8(ascii: "v")
        case .array, .dictionary: UInt8(ascii: "a")
        case .structure: UInt8(ascii: "r")
        }
    }

    /// The basic type or variant of a character.
    init?(code: UInt8) {
        let simple: [BusType] = [
            .byte, .boolean, .int16, .uint16, .int32, .uint32, .int64, .uint64, .double, .string, .objectPath,
            .signature, .unixFD, .variant,
        ]
        guard let type = simple.first(where: { $0.code == code }) else { return nil }
        self = type
    }
}
