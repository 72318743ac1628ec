import Platform

/// One array in NumPy's `.npy` format, opened read-only and validated before anything of it is exposed.
///
/// Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>, versions 1.0 to 3.0. Read are
/// float16, float32, float64, bool and the integers, little-endian, in C or Fortran order; objects (pickles),
/// structures, complex and big-endian numbers are refused. The data must end with the file.
public struct NpyFile: Sendable {
    public let shape: [Int]
    public let dtype: StorageDtype
    /// Whether the file stores the first index fastest. The values are always returned in C order.
    public let isFortranOrder: Bool

    private let file: FileBytes
    private let data: Range<Int>
    private let operation: String

    /// Opens and validates the file at `path`.
    ///
    /// Throws `fileAccess` when it is missing, unreadable or not a regular file, `outOfMemory` when it is larger than
    /// `maximumBytes`, `malformedFile` for every violation of the format, `unsupported` for an element type or a
    /// version that is not read.
    public init(
        path: String, loading: FileLoading = .mapped, maximumBytes: Int = defaultMaximumFileBytes
    ) throws {
        let operation = "reading \(quotedForMessage(path))"
        try self.init(
            FileBytes(path: path, loading: loading, maximumBytes: maximumBytes, operation: operation),
            operation: operation)
    }

    /// Validates a file that is already in memory; `label` names it in errors. Throws as `init(path:)` does.
    public init(bytes: [UInt8], label: String) throws {
        let operation = "reading \(quotedForMessage(label))"
        try self.init(FileBytes(bytes, operation: operation), operation: operation)
    }

    private init(_ file: FileBytes, operation: String) throws {
        let header = try NpyHeader(file, operation: operation)
        self.file = file
        self.operation = operation
        shape = header.shape
        dtype = header.dtype
        isFortranOrder = header.isFortranOrder
        data = header.dataStart..<file.count
    }

    /// The values as float32 in C order.
    ///
    /// Throws `notFinite` for a finite float64 beyond float32's range, `unsupported` for an integer that float32
    /// cannot represent exactly, `malformedFile` for a boolean that is neither 0 nor 1, `outOfMemory`.
    public func floats() throws -> [Float] {
        try inCOrder(file.withBytes(data) { try decoder.floats($0) })
    }

    /// The values of integers and booleans in C order.
    ///
    /// Throws `unsupported` for floats and for an unsigned value beyond Int64's range, `malformedFile` for a boolean
    /// that is neither 0 nor 1, `outOfMemory`.
    public func integers() throws -> [Int64] {
        try inCOrder(file.withBytes(data) { try decoder.integers($0) })
    }

    private var decoder: ElementDecoder { ElementDecoder(dtype: dtype, operation: operation, subject: "The array") }

    /// The Fortran-ordered `values` with their last index fastest.
    private func inCOrder<Value>(_ values: [Value]) throws -> [Value] {
        guard isFortranOrder, shape.count > 1, let rowLength = shape.last, !values.isEmpty else { return values }
        try requireMemory(values.count * MemoryLayout<Value>.stride, operation: operation)
        var strides = [1]
        for extent in shape.dropLast() { strides.append(strides[strides.count - 1] * extent) }
        let rowStride = strides[shape.count - 1]
        var index = [Int](repeating: 0, count: shape.count - 1)
        var reordered: [Value] = []
        reordered.reserveCapacity(values.count)
        for _ in 0..<values.count / rowLength {
            let start = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
            for column in 0..<rowLength { reordered.append(values[start + column * rowStride]) }
            // Advance the index like an odometer, the last place fastest.
            for place in index.indices.reversed() {
                index[place] += 1
                if index[place] < shape[place] { break }
                index[place] = 0
            }
        }
        return reordered
    }
}

extension NpyFile {
    /// Writes `values`, in C order, as a float32 array; NaN and infinities are kept.
    ///
    /// Durable: a temporary file in the same folder, fsync, rename, fsync of the folder. Throws `shapeMismatch` when
    /// the values do not fill `shape`, `fileAccess` when the file cannot be written completely; the destination is
    /// then as it was.
    public static func write(_ values: [Float], shape: [Int], to path: String) throws {
        try write(values, descriptor: "<f4", shape: shape, to: path)
    }

    /// Writes `values`, in C order, as an uint8 array; otherwise as for floats.
    public static func write(_ values: [UInt8], shape: [Int], to path: String) throws {
        try write(values, descriptor: "|u1", shape: shape, to: path)
    }

    private static func write<Value: BitwiseCopyable>(
        _ values: [Value], descriptor: String, shape: [Int], to path: String
    ) throws {
        let operation = "writing \(quotedForMessage(path))"
        guard shape.count <= maximumStoredRank, elementCount(of: shape) == values.count else {
            throw NeuralNetError(
                .shapeMismatch, operation: operation,
                message: "An array of shape \(shape) cannot be made of \(values.count) values.")
        }
        let header = NpyHeader.encoded(descriptor: descriptor, shape: shape)
        try writeDurably(to: path, operation: operation, calls: .system) { file in
            try header.withUnsafeBytes { try file.append($0) }
            try values.withUnsafeBytes { try file.append($0) }
        }
    }
}
