/// The type of a stored element, with the name safetensors gives it; `.npy` files share the types both formats have.
///
/// Every dtype of safetensors 0.8 is listed, because the size of each tensor is checked when a file is opened. The
/// ones this engine cannot convert are refused when their tensor is asked for.
public enum StorageDtype: String, Hashable, Sendable, CaseIterable {
    case bool = "BOOL"
    case float4 = "F4"
    case float6E2M3 = "F6_E2M3"
    case float6E3M2 = "F6_E3M2"
    case uint8 = "U8"
    case int8 = "I8"
    case float8E5M2 = "F8_E5M2"
    case float8E4M3 = "F8_E4M3"
    case float8E8M0 = "F8_E8M0"
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    case int16 = "I16"
    case uint16 = "U16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int32 = "I32"
    case uint32 = "U32"
    case float32 = "F32"
    case complex64 = "C64"
    case float64 = "F64"
    case int64 = "I64"
    case uint64 = "U64"

    /// Bits per element; below 8 the elements are packed.
    public var bitWidth: Int {
        switch self {
        case .float4: 4
        case .float6E2M3, .float6E3M2: 6
        case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ: 8
        case .int16, .uint16, .float16, .bfloat16: 16
        case .int32, .uint32, .float32: 32
        case .complex64, .float64, .int64, .uint64: 64
        }
    }

    /// Whether `SafetensorsFile.floats(_:)` converts it.
    var isConvertibleFloat: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64: true
        default: false
        }
    }

    /// Whether `SafetensorsFile.integers(_:)` converts it.
    var isInteger: Bool {
        switch self {
        case .bool, .uint8, .int8, .int16, .uint16, .int32, .uint32, .int64, .uint64: true
        default: false
        }
    }

    /// Bytes of a tensor of `shape`; nil when the count overflows or does not end on a byte boundary.
    func byteCount(shape: [Int]) -> Int? {
        var bits = bitWidth
        for extent in shape {
            let (product, overflow) = bits.multipliedReportingOverflow(by: extent)
            if overflow || extent < 0 { return nil }
            bits = product
        }
        return bits % 8 == 0 ? bits / 8 : nil
    }
}

/// The largest number of dimensions a stored tensor may have; NumPy's own limit.
let maximumStoredRank = 64

/// The number of elements of `shape`, or nil when an extent is negative or the product overflows.
func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        if overflow || extent < 0 { return nil }
        count = product
    }
    return count
}

/// `text` in quotes for an error message: cut to a readable length, control and formatting characters escaped,
/// because a hostile file chooses its own names.
func quotedForMessage(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars.prefix(80) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            quoted += "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + (text.unicodeScalars.dropFirst(80).isEmpty ? "\"" : "…\"")
}
