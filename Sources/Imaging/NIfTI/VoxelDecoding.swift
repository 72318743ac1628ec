/// A number as a NIfTI file stores it.
protocol StoredNumber: BitwiseCopyable {
    /// The number at `bytes`, which need not be aligned.
    static func load(_ bytes: UnsafeRawPointer, swapped: Bool) -> Double
}

extension StoredNumber where Self: FixedWidthInteger {
    @inline(__always) static func load(_ bytes: UnsafeRawPointer, swapped: Bool) -> Double {
        let number = bytes.loadUnaligned(as: Self.self)
        return Double(swapped ? number.byteSwapped : number)
    }
}

extension UInt8: StoredNumber {}
extension Int8: StoredNumber {}
extension UInt16: StoredNumber {}
extension Int16: StoredNumber {}
extension UInt32: StoredNumber {}
extension Int32: StoredNumber {}
extension UInt64: StoredNumber {}
extension Int64: StoredNumber {}
extension Float: StoredNumber {
    @inline(__always) static func load(_ bytes: UnsafeRawPointer, swapped: Bool) -> Double {
        let pattern = bytes.loadUnaligned(as: UInt32.self)
        return Double(Float(bitPattern: swapped ? pattern.byteSwapped : pattern))
    }
}
extension Double: StoredNumber {
    @inline(__always) static func load(_ bytes: UnsafeRawPointer, swapped: Bool) -> Double {
        let pattern = bytes.loadUnaligned(as: UInt64.self)
        return Double(bitPattern: swapped ? pattern.byteSwapped : pattern)
    }
}

/// What voxels can be read as.
protocol DecodedVoxel: VoxelValue {
    /// What the voxel can hold.
    static var smallest: Double { get }
    static var largest: Double { get }
    /// The nearest value, ties to even, to a number from `smallest` to `largest`.
    static func nearest(_ value: Double) -> Self
    /// The voxel as a number.
    var number: Double { get }
}

/// Adding this number and taking it away rounds to whole numbers, ties to even; the low bits of the sum are the number
/// in two's complement. Unlike a conversion it vectorises and cannot trap.
private let roundingNumber = 6_755_399_441_055_744.0

extension Int16: DecodedVoxel {
    static var smallest: Double { -32768 }
    static var largest: Double { 32767 }
    @inline(__always) static func nearest(_ value: Double) -> Int16 {
        Int16(truncatingIfNeeded: (value + roundingNumber).bitPattern)
    }
    @inline(__always) var number: Double { Double(self) }
}
extension UInt8: DecodedVoxel {
    static var smallest: Double { 0 }
    static var largest: Double { 255 }
    @inline(__always) static func nearest(_ value: Double) -> UInt8 {
        UInt8(truncatingIfNeeded: (value + roundingNumber).bitPattern)
    }
    @inline(__always) var number: Double { Double(self) }
}
extension Float: DecodedVoxel {
    static var smallest: Double { -Double(greatestFiniteMagnitude) }
    static var largest: Double { Double(greatestFiniteMagnitude) }
    @inline(__always) static func nearest(_ value: Double) -> Float { Float(value) }
    @inline(__always) var number: Double { Double(self) }
}

/// What happened to voxels on the way.
struct DecodingTally {
    /// Voxels that were NaN or infinite.
    var notFinite = 0
    /// Voxels outside what can be held.
    var clamped = 0
    /// Voxels that are not exactly what was stored: rounded or clamped.
    var inexact = 0

    static func += (sum: inout DecodingTally, other: DecodingTally) {
        sum.notFinite += other.notFinite
        sum.clamped += other.clamped
        sum.inexact += other.inexact
    }
}

/// How stored numbers become voxels.
struct VoxelDecoding {
    let type: NIfTIDataType
    let swapped: Bool
    let slope: Double
    let intercept: Double
    /// What NaN and infinite voxels become.
    let replacement: Double

    /// Decodes as many numbers as `output` has room for.
    @inline(__always) func decode<Voxel: DecodedVoxel>(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Voxel>
    ) -> DecodingTally {
        precondition(bytes.count >= output.count * type.bytesPerVoxel, "the caller checked the sizes")
        return switch type {
        case .uint8: decode(UInt8.self, bytes, into: output)
        case .int8: decode(Int8.self, bytes, into: output)
        case .uint16: decode(UInt16.self, bytes, into: output)
        case .int16: decode(Int16.self, bytes, into: output)
        case .uint32: decode(UInt32.self, bytes, into: output)
        case .int32: decode(Int32.self, bytes, into: output)
        case .uint64: decode(UInt64.self, bytes, into: output)
        case .int64: decode(Int64.self, bytes, into: output)
        case .float32: decode(Float.self, bytes, into: output)
        case .float64: decode(Double.self, bytes, into: output)
        }
    }

    private func decode<Stored: StoredNumber, Voxel: DecodedVoxel>(
        _: Stored.Type, _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Voxel>
    ) -> DecodingTally {
        guard let source = bytes.baseAddress, let target = output.baseAddress else { return DecodingTally() }
        var tally = DecodingTally()
        for index in 0..<output.count {
            let stored = Stored.load(source + index &* MemoryLayout<Stored>.size, swapped: swapped)
            let scaled = stored * slope + intercept
            // A number minus itself is 0 unless it is NaN or infinite.
            let isFinite = scaled - scaled == 0
            let value = isFinite ? scaled : replacement
            let low = value < Voxel.smallest ? Voxel.smallest : value
            let held = low > Voxel.largest ? Voxel.largest : low
            let voxel = Voxel.nearest(held)
            target[index] = voxel
            tally.notFinite &+= isFinite ? 0 : 1
            tally.clamped &+= held != value ? 1 : 0
            tally.inexact &+= voxel.number != scaled ? 1 : 0
        }
        return tally
    }
}
