import CUDAEmulator
import CUDATestSupport
import Foundation
import NeuralNet
import NeuralNetCUDA
import TestDeadlines
import Testing

/// A shape that kernels are tried on, whole or as a slice of the channels of a wider tensor.
struct KernelShape: CustomTestStringConvertible, Sendable {
    let n, h, w, c: Int
    /// Channels of the wider tensor before and behind the view's.
    var before = 0
    var behind = 0

    var testDescription: String { "\(n)×\(h)×\(w)×\(c), \(before) channels before and \(behind) behind" }
    var shape: Shape { get throws { try Shape(n: n, h: h, w: w, c: c) } }
    var pooled: KernelShape { KernelShape(n: n, h: h / 2, w: w / 2, c: c, before: before, behind: behind) }

    /// Odd and even sizes; channels that fill 16 bytes, and that do not; slices that allow 16 bytes at a time, and that do
    /// not.
    static let all = [
        KernelShape(n: 1, h: 1, w: 1, c: 1), KernelShape(n: 2, h: 5, w: 3, c: 1), KernelShape(n: 1, h: 4, w: 7, c: 2),
        KernelShape(n: 3, h: 3, w: 2, c: 3), KernelShape(n: 1, h: 7, w: 5, c: 4),
        KernelShape(n: 2, h: 2, w: 9, c: 5, before: 1, behind: 2), KernelShape(n: 2, h: 6, w: 5, c: 16),
        KernelShape(n: 1, h: 5, w: 4, c: 16, before: 16, behind: 8),
        KernelShape(n: 1, h: 3, w: 4, c: 16, before: 3, behind: 2), KernelShape(n: 1, h: 9, w: 8, c: 64),
        KernelShape(n: 2, h: 3, w: 3, c: 64, before: 64),
    ]
}

extension ElementType {
    /// The value as memory holds it.
    func bytes(of value: Float) -> [UInt8] {
        switch self {
        case .float32: withUnsafeBytes(of: value.bitPattern) { Array($0) }
        case .float16: withUnsafeBytes(of: Float16(value).bitPattern) { Array($0) }
        case .bfloat16: withUnsafeBytes(of: UInt16(truncatingIfNeeded: stored(value).bitPattern >> 16)) { Array($0) }
        }
    }

    /// What a value becomes when it is stored: this type's rounding for every float32, subnormal, infinite or NaN.
    func stored(_ value: Float) -> Float {
        switch self {
        case .float32: value
        case .float16: Float(Float16(value))
        case .bfloat16: value.isNaN ? .nan : rounded(value)
        }
    }

    func value(_ bytes: ArraySlice<UInt8>) -> Float {
        let bits = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        switch self {
        case .float32: return Float(bitPattern: bits)
        case .float16: return Float(Float16(bitPattern: UInt16(bits)))
        case .bfloat16: return Float(bitPattern: bits << 16)
        }
    }
}

extension DeviceMemory {
    /// What lies between the pixels of a slice of a wider tensor; nothing may change it.
    private var filler: Float { -77 }

    /// A view with these values, rounded to the activations' type.
    func filled(_ shape: KernelShape, _ values: [Float]) throws -> View {
        let stride = shape.c + shape.before + shape.behind
        let element = activationElement
        var bytes: [UInt8] = []
        for pixel in 0..<(shape.n * shape.h * shape.w) {
            for channel in 0..<stride {
                let isInside = (shape.before..<(shape.before + shape.c)).contains(channel)
                bytes += element.bytes(of: isInside ? values[pixel * shape.c + channel - shape.before] : filler)
            }
        }
        let buffer = try allocate(bytes: max(bytes.count, 1))
        bytes.withUnsafeBytes { upload($0, to: DeviceSlice(buffer: buffer, offset: 0, bytes: bytes.count)) }
        return DeviceView(
            buffer: buffer, offset: shape.before * element.bytes, shape: try shape.shape, stride: stride,
            element: element)
    }

    /// The values of a view made by `filled`; expects what lies around them to be as it was.
    func contents(_ view: View, _ shape: KernelShape, sourceLocation: SourceLocation = #_sourceLocation) throws
        -> [Float]
    {
        let size = activationElement.bytes
        var bytes = [UInt8](repeating: 0, count: view.shape.pixels * view.stride * size)
        try bytes.withUnsafeMutableBytes {
            try download(DeviceSlice(buffer: view.buffer, offset: 0, bytes: $0.count), to: $0)
        }
        var values: [Float] = []
        for place in 0..<(view.shape.pixels * view.stride) {
            let value = activationElement.value(bytes[(place * size)..<((place + 1) * size)])
            if (shape.before..<(shape.before + shape.c)).contains(place % view.stride) {
                values.append(value)
            } else {
                #expect(value == filler, "value \(place)", sourceLocation: sourceLocation)
            }
        }
        return values
    }

    func bytes(_ slice: Slice) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: slice.bytes)
        try bytes.withUnsafeMutableBytes { try download(slice, to: $0) }
        return bytes
    }

    func slice(bytes: [UInt8]) throws -> Slice {
        let slice = try scratch(max(bytes.count, 1))
        bytes.withUnsafeBytes { upload($0, to: slice) }
        return slice
    }
}

/// Both as they are where their bits decide: NaN is NaN, the zeros are equal.
func firstDifference(_ actual: [Float], _ expected: [Float]) -> String? {
    guard actual.count == expected.count else { return "\(actual.count) values instead of \(expected.count)" }
    for (index, (a, e)) in zip(actual, expected).enumerated() where !(a == e || a.isNaN && e.isNaN) {
        return "value \(index): \(a) instead of \(e)"
    }
    return nil
}

/// Expects equal values; says where they are not.
func expectSame(
    _ actual: [Float], _ expected: [Float], _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let difference = firstDifference(actual, expected) else { return }
    Issue.record("\(comment): \(difference)", sourceLocation: sourceLocation)
}

/// Where |actual − expected| is above bound + relative·|expected|.
func firstDifference(_ actual: [Float], _ expected: [Float], bound: Float, relative: Float = 0) -> String? {
    guard actual.count == expected.count else { return "\(actual.count) values instead of \(expected.count)" }
    for (index, (a, e)) in zip(actual, expected).enumerated()
    where !(abs(a - e) <= bound + relative * abs(e) || a == e || a.isNaN && e.isNaN) {
        return "value \(index): \(a) instead of \(e)"
    }
    return nil
}

/// Random values; `special` ones among them, and quarters so that ties happen.
func kernelValues(_ count: Int, seed: UInt64, special: [Float] = []) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
        if let value = special.randomElement(using: &random), Int.random(in: 0..<12, using: &random) == 0 {
            return value
        }
        let value = Float.random(in: -4...4, using: &random)
        return Bool.random(using: &random) ? value : (value * 4).rounded() / 4
    }
}

/// Runs `body` with a block's threads in order and in two other orders, and expects the same from all.
func inEveryOrder<Result: Equatable>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) throws -> Result {
    defer { cuda_emulator_set_order(0) }
    cuda_emulator_set_order(0)
    let first = try body()
    for seed in [11, 12] as [UInt64] {
        cuda_emulator_set_order(seed)
        #expect(try body() == first, "threads in order \(seed)", sourceLocation: sourceLocation)
    }
    return first
}

/// e^x from the C library, an oracle that shares nothing with the kernels' polynomials.
func exponential(_ x: Double) -> Double { exp(x) }
