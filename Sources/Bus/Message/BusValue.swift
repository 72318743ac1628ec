/// A value of any D-Bus type.
package enum BusValue: Hashable, Sendable {
    case byte(UInt8)
    case boolean(Bool)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case double(Double)
    /// Without NUL characters.
    case string(String)
    case objectPath(BusObjectPath)
    case signature(BusSignature)
    case unixFD(BusFileDescriptor)
    /// `ay`; an array of bytes always arrives as this.
    case bytes([UInt8])
    /// The elements' type is kept, since an empty array has one too.
    case array(of: BusType, [BusValue])
    case dictionary(key: BusType, value: BusType, [BusEntry])
    case structure([BusValue])
    indirect case variant(BusValue)

    package var type: BusType {
        switch self {
        case .byte: .byte
        case .boolean: .boolean
        case .int16: .int16
        case .uint16: .uint16
        case .int32: .int32
        case .uint32: .uint32
        case .int64: .int64
        case .uint64: .uint64
        case .double: .double
        case .string: .string
        case .objectPath: .objectPath
        case .signature: .signature
        case .unixFD: .unixFD
        case .bytes: .array(.byte)
        case .array(let element, _): .array(element)
        case .dictionary(let key, let value, _): .dictionary(key: key, value: value)
        case .structure(let fields): .structure(fields.map(\.type))
        case .variant: .variant
        }
    }
}

/// One entry of a dictionary.
package struct BusEntry: Hashable, Sendable {
    package let key: BusValue
    package let value: BusValue

    package init(_ key: BusValue, _ value: BusValue) {
        self.key = key
        self.value = value
    }
}

// MARK: - Swift's types

extension BusValue {
    /// `a{sv}`, in the order of the keys.
    package static func details(_ values: [String: BusValue]) -> BusValue {
        .dictionary(
            key: .string, value: .variant,
            values.sorted { $0.key < $1.key }.map { BusEntry(.string($0.key), .variant($0.value)) })
    }

    /// `as`
    package static func strings(_ values: [String]) -> BusValue { .array(of: .string, values.map { .string($0) }) }

    /// A string, or the text of an object path.
    package var stringValue: String? {
        switch self {
        case .string(let value): value
        case .objectPath(let path): path.text
        default: nil
        }
    }

    package var booleanValue: Bool? { if case .boolean(let value) = self { value } else { nil } }
    package var doubleValue: Double? { if case .double(let value) = self { value } else { nil } }
    package var pathValue: BusObjectPath? { if case .objectPath(let value) = self { value } else { nil } }

    /// An unsigned integer of any width.
    package var unsignedValue: UInt64? {
        switch self {
        case .byte(let value): UInt64(value)
        case .uint16(let value): UInt64(value)
        case .uint32(let value): UInt64(value)
        case .uint64(let value): value
        default: nil
        }
    }

    /// The elements of an array that is not one of bytes.
    package var elements: [BusValue]? { if case .array(_, let values) = self { values } else { nil } }

    /// The fields of a structure.
    package var fields: [BusValue]? { if case .structure(let values) = self { values } else { nil } }

    /// The strings of `as`.
    package var stringValues: [String]? {
        guard case .array(.string, let values) = self else { return nil }
        return values.compactMap(\.stringValue)
    }

    /// The value inside of variants.
    package var unwrapped: BusValue { if case .variant(let inner) = self { inner.unwrapped } else { self } }

    /// The entries of `a{sv}`, without their variants; of two entries with one key the last counts.
    package var detailValues: [String: BusValue]? {
        guard case .dictionary(.string, .variant, let entries) = self else { return nil }
        var details: [String: BusValue] = [:]
        for entry in entries {
            if let key = entry.key.stringValue { details[key] = entry.value.unwrapped }
        }
        return details
    }
}

// MARK: - What can be sent

extension BusValue {
    /// Throws ``BusError/Code/invalidValue`` for a value that is not of `expected` or that D-Bus does not allow, and
    /// ``BusError/Code/tooLarge`` beyond the limits.
    func check(as expected: BusType, budget: inout BusBudget, depth: Int) throws(BusError) {
        switch (self, expected) {
        case (.string(let text), .string):
            guard !text.utf8.contains(0) else {
                throw BusError(.invalidValue, "“\(text.shown)” has a NUL character, which D-Bus does not allow.")
            }
            try budget.spend(bytes: text.utf8.count + 5, depth: depth)
        case (.objectPath(let path), .objectPath):
            try path.check()
            try budget.spend(bytes: path.text.utf8.count + 5, depth: depth)
        case (.signature(let signature), .signature):
            _ = try BusSignature(signature.text)
            try budget.spend(bytes: signature.text.utf8.count + 2, depth: depth)
        case (.bytes(let bytes), .array(.byte)):
            try budget.spend(bytes: bytes.count, depth: depth)
        case (.array(let element, let values), .array) where type == expected:
            try budget.spend(bytes: 8, depth: depth)
            for value in values { try value.check(as: element, budget: &budget, depth: depth + 1) }
        case (.dictionary(let key, let value, let entries), .dictionary) where type == expected:
            try budget.spend(bytes: 8, depth: depth)
            for entry in entries {
                try entry.key.check(as: key, budget: &budget, depth: depth + 1)
                try entry.value.check(as: value, budget: &budget, depth: depth + 1)
            }
        case (.structure(let values), .structure(let types)) where values.count == types.count && !types.isEmpty:
            try budget.spend(bytes: 8, depth: depth)
            for (value, type) in zip(values, types) {
                try value.check(as: type, budget: &budget, depth: depth + 1)
            }
        case (.variant(let inner), .variant):
            let signature = try BusSignature([inner.type])
            try budget.spend(bytes: signature.text.utf8.count + 2, depth: depth)
            try inner.check(as: inner.type, budget: &budget, depth: depth + 1)
        default:
            guard expected.isBasic, type == expected else {
                throw BusError(.invalidValue, "A value of type \(type.text) stands where \(expected.text) belongs.")
            }
            try budget.spend(bytes: 8, depth: depth)
        }
    }
}
