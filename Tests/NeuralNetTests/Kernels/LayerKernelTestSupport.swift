import CKernels
import Testing

/// What the tests of the layer kernels share: random activations in guarded memory, the contexts to run in, comparison.
enum LayerKernel {
    /// SplitMix64: small, seeded, the same numbers on every machine.
    struct Random: RandomNumberGenerator {
        var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }

        mutating func floats(_ count: Int, in range: ClosedRange<Float>) -> [Float] {
            (0..<count).map { _ in Float.random(in: range, using: &self) }
        }
    }

    /// N×H×W×C; `gap` floats lie between the channels of one pixel and those of the next.
    struct Shape: CustomTestStringConvertible, Sendable {
        var n, h, w, c: Int
        var gap = 0

        init(_ n: Int, _ h: Int, _ w: Int, _ c: Int, gap: Int = 0) {
            (self.n, self.h, self.w, self.c, self.gap) = (n, h, w, c, gap)
        }

        var pixels: Int { n * h * w }
        var testDescription: String { "\(n)×\(h)×\(w)×\(c)" + (gap > 0 ? " stride \(c + gap)" : "") }
    }

    /// One pixel, odd sizes, channels that do and do not fill vectors, slices of wider tensors; the last four are large
    /// enough to be cut into several shares, the first of those also has odd channels.
    static let shapes: [Shape] = [
        Shape(1, 1, 1, 1), Shape(1, 1, 1, 13, gap: 2), Shape(7, 1, 1, 3), Shape(1, 3, 5, 1), Shape(1, 2, 3, 5, gap: 1),
        Shape(7, 5, 4, 3), Shape(1, 7, 9, 8), Shape(7, 2, 2, 13), Shape(1, 6, 5, 32, gap: 32),
        Shape(7, 4, 3, 1, gap: 3),
        Shape(1, 5, 6, 66), Shape(1, 3, 3, 300),
        Shape(2, 61, 67, 13), Shape(1, 83, 80, 32), Shape(1, 71, 90, 24, gap: 8), Shape(3, 100, 101, 5, gap: 3),
    ]

    /// An activation in memory of its own. The gaps and both ends hold a guard value that no kernel may change.
    final class Activation {
        static let guardValue: Float = -12345.5
        static let margin = 32
        let shape: Shape
        let memory: UnsafeMutableBufferPointer<Float>

        init(_ shape: Shape) {
            self.shape = shape
            // Aligned to a cache line, as the engine's own memory is: streamed stores need it.
            let count = shape.pixels * (shape.c + shape.gap) + 2 * Self.margin
            let raw = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
            memory = .init(
                start: raw.initializeMemory(as: Float.self, repeating: Self.guardValue, count: count), count: count)
            for pixel in 0..<shape.pixels {
                for channel in 0..<shape.c { self[pixel, channel] = 0 }
            }
        }

        convenience init(_ shape: Shape, seed: UInt64, in range: ClosedRange<Float> = -2...2) {
            self.init(shape)
            var random = Random(seed: seed)
            fill { _, _ in Float.random(in: range, using: &random) }
        }

        deinit { UnsafeMutableRawPointer(memory.baseAddress!).deallocate() }

        func copy() -> Activation {
            let other = Activation(shape)
            _ = other.memory.update(fromContentsOf: memory)
            return other
        }

        func fill(_ value: (_ pixel: Int, _ channel: Int) -> Float) {
            for pixel in 0..<shape.pixels {
                for channel in 0..<shape.c { self[pixel, channel] = value(pixel, channel) }
            }
        }

        var view: lt_view {
            lt_view(
                data: memory.baseAddress! + Self.margin, n: Int64(shape.n), h: Int64(shape.h), w: Int64(shape.w),
                c: Int64(shape.c), stride: Int64(shape.c + shape.gap))
        }

        subscript(pixel: Int, channel: Int) -> Float {
            get { memory[Self.margin + pixel * (shape.c + shape.gap) + channel] }
            set { memory[Self.margin + pixel * (shape.c + shape.gap) + channel] = newValue }
        }

        /// The values without the gaps.
        var values: [Float] {
            (0..<shape.pixels).flatMap { pixel in (0..<shape.c).map { self[pixel, $0] } }
        }

        var guardsAreIntact: Bool {
            let stride = shape.c + shape.gap
            return memory.indices.allSatisfy { index in
                let inside = index - Self.margin
                let isValue = inside >= 0 && inside < shape.pixels * stride && inside % stride < shape.c
                return isValue || memory[index] == Self.guardValue
            }
        }
    }

    /// Every instruction set of this machine, with one thread and with two.
    static func inEveryContext(_ body: (lt_context, String) throws -> Void) rethrows {
        for isa in [LT_ISA_PORTABLE, LT_ISA_AVX2, LT_ISA_AVX512] where lt_isa_available(isa) != 0 {
            for threads in [1, 2] {
                let pool = lt_pool_create(Int32(threads))
                defer { lt_pool_destroy(pool) }
                try body(lt_context(pool: pool, isa: isa), "\(String(cString: lt_isa_name(isa))), \(threads) threads")
            }
        }
    }

    /// The first value further than atol + rtol·|expected| from what is expected, as text; nil when there is none. NaN
    /// equals NaN.
    static func mismatch(_ values: [Float], _ expected: [Float], atol: Float = 0, rtol: Float = 0) -> String? {
        guard values.count == expected.count else { return "\(values.count) values, expected \(expected.count)" }
        for (index, (value, wanted)) in zip(values, expected).enumerated() {
            if value == wanted || (value.isNaN && wanted.isNaN) { continue }
            if !(abs(value - wanted) <= atol + rtol * abs(wanted)) { return "[\(index)]: \(value), expected \(wanted)" }
        }
        return nil
    }

    /// The first difference as text, nil when there is none. (Expecting two large arrays to be equal prints their whole
    /// difference when they are not.)
    static func difference<T: Equatable>(_ values: [T], _ expected: [T]) -> String? {
        guard values.count == expected.count else { return "\(values.count) values, expected \(expected.count)" }
        return zip(values, expected).enumerated().first { $1.0 != $1.1 }.map { "[\($0)]: \($1.0), expected \($1.1)" }
    }

    /// Runs `fast` in every context; its values must match those of the reference, be the same bits for one and two
    /// threads on each instruction set, and leave the guards alone. `prepare` makes the activation that is written.
    static func check(
        seed: UInt64, atol: Float = 0, rtol: Float = 0, prepare: () -> Activation, reference: (Activation) -> Void,
        fast: (lt_context, Activation) -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let expected = prepare()
        reference(expected)
        var bits: [UInt32: [UInt32]] = [:]
        inEveryContext { context, name in
            let result = prepare()
            fast(context, result)
            let about = "\(name), \(result.shape.testDescription), seed \(seed)"
            let wrong = mismatch(result.values, expected.values, atol: atol, rtol: rtol)
            #expect(wrong == nil, "\(about)", sourceLocation: sourceLocation)
            #expect(result.guardsAreIntact, "\(about): wrote outside", sourceLocation: sourceLocation)
            let ours = result.values.map(\.bitPattern)
            #expect(
                difference(ours, bits[context.isa.rawValue, default: ours]) == nil,
                "\(about): bits depend on the threads",
                sourceLocation: sourceLocation)
            bits[context.isa.rawValue] = ours
        }
    }
}
