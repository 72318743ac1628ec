/// Converts stored little-endian elements to the engine's types.
///
/// The loops read unaligned, since old files do not align their data, and have no early exit, so that the compiler
/// vectorises them; a violation is searched for afterwards, when one was seen.
struct ElementDecoder {
    let dtype: StorageDtype
    let operation: String
    /// The start of a message's sentence, for example `Tensor "head.bias"`.
    let subject: String

    /// Converts floats of any width and exactly representable integers.
    ///
    /// Throws `notFinite` for a finite F64 beyond float32's range, `unsupported` for an integer without an exact
    /// float32 and for dtypes without a conversion, `malformedFile` for a bad boolean, `outOfMemory`.
    func floats(_ bytes: UnsafeRawBufferPointer) throws -> [Float] {
        let count = bytes.count / max(1, dtype.bitWidth / 8)
        switch dtype {
        case .float32:
            return try array(count) { target in
                UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            }
        case .float16: return try array(count, bytes, UInt16.self) { HalfPrecision.single($0) }
        case .bfloat16: return try array(count, bytes, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .float64: return try doubles(bytes, count)
        case .uint8: return try array(count, bytes, UInt8.self) { Float($0) }
        case .int8: return try array(count, bytes, Int8.self) { Float($0) }
        case .int16: return try array(count, bytes, Int16.self) { Float($0) }
        case .uint16: return try array(count, bytes, UInt16.self) { Float($0) }
        case .bool, .int32, .uint32, .int64, .uint64: return try exactFloats(try integers(bytes))
        default: throw failure(.unsupported, "has dtype \(dtype.rawValue), which has no conversion to float32")
        }
    }

    /// Converts integers and booleans (0 or 1).
    ///
    /// Throws `unsupported` for a U64 beyond Int64's range and for other dtypes, `malformedFile` for a boolean that
    /// is neither, `outOfMemory`.
    func integers(_ bytes: UnsafeRawBufferPointer) throws -> [Int64] {
        let count = bytes.count / max(1, dtype.bitWidth / 8)
        switch dtype {
        case .bool:
            let values: [Int64] = try array(count, bytes, UInt8.self) { Int64($0) }
            try refuse(values, .malformedFile, "holds a boolean that is neither 0 nor 1") { $0 > 1 }
            return values
        case .uint8: return try array(count, bytes, UInt8.self) { Int64($0) }
        case .int8: return try array(count, bytes, Int8.self) { Int64($0) }
        case .int16: return try array(count, bytes, Int16.self) { Int64($0) }
        case .uint16: return try array(count, bytes, UInt16.self) { Int64($0) }
        case .int32: return try array(count, bytes, Int32.self) { Int64($0) }
        case .uint32: return try array(count, bytes, UInt32.self) { Int64($0) }
        case .int64: return try array(count, bytes, Int64.self) { $0 }
        case .uint64:
            let values: [Int64] = try array(count, bytes, UInt64.self) { Int64(bitPattern: $0) }
            try refuse(values, .unsupported, "holds an integer beyond the range of 64 signed bits") { $0 < 0 }
            return values
        default: throw failure(.unsupported, "has dtype \(dtype.rawValue), which is not an integer")
        }
    }

    private func doubles(_ bytes: UnsafeRawBufferPointer, _ count: Int) throws -> [Float] {
        let values: [Float] = try array(count, bytes, Double.self) { Float($0) }
        guard let first = values.firstIndex(where: { $0.isInfinite }) else { return values }
        for index in first..<count {
            let original = bytes.loadUnaligned(fromByteOffset: index * 8, as: Double.self)
            if original.isFinite && values[index].isInfinite {
                throw failure(.notFinite, "holds \(original) at element \(index), beyond float32's range")
            }
        }
        return values
    }

    private func exactFloats(_ integers: [Int64]) throws -> [Float] {
        try refuse(integers, .unsupported, "holds an integer that float32 cannot represent exactly") {
            Float(exactly: $0) == nil
        }
        return integers.map { Float($0) }
    }

    private func refuse(
        _ values: [Int64], _ code: NeuralNetError.Code, _ message: String, _ isBad: (Int64) -> Bool
    ) throws {
        if let index = values.firstIndex(where: isBad) { throw failure(code, "\(message), at element \(index)") }
    }

    private func array<Stored, Value>(
        _ count: Int, _ bytes: UnsafeRawBufferPointer, _: Stored.Type, _ convert: (Stored) -> Value
    ) throws -> [Value] where Stored: BitwiseCopyable {
        try array(count) { target in
            guard let source = bytes.baseAddress else { return }
            for index in 0..<target.count {
                let stored = source.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)
                target[index] = convert(stored)
            }
        }
    }

    /// An array of `count` elements that `fill` initialises completely.
    private func array<Value>(_ count: Int, _ fill: (UnsafeMutableBufferPointer<Value>) -> Void) throws -> [Value] {
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
        guard !overflow else { throw failure(.outOfMemory, "has too many elements") }
        try requireMemory(byteCount, operation: operation)
        return [Value](unsafeUninitializedCapacity: count) { buffer, initialised in
            fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialised = count
        }
    }

    private func failure(_ code: NeuralNetError.Code, _ message: String) -> NeuralNetError {
        NeuralNetError(code, operation: operation, message: "\(subject) \(message).")
    }
}
