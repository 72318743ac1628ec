import CKernels

/// Every instruction set that can run here, with 1 and 2 threads.
struct KernelSetting: CustomStringConvertible, Sendable {
    let isa: lt_isa
    let threads: Int32

    var description: String { "\(String(cString: lt_isa_name(isa))), \(threads) threads" }

    static let all: [KernelSetting] = [LT_ISA_PORTABLE, LT_ISA_AVX2, LT_ISA_AVX512]
        .filter { lt_isa_available($0) != 0 }
        .flatMap { isa in [1, 2].map { KernelSetting(isa: isa, threads: $0) } }

    func run<Result>(_ body: (lt_context) throws -> Result) rethrows -> Result {
        let pool = lt_pool_create(threads)
        defer { lt_pool_destroy(pool) }
        return try body(lt_context(pool: pool, isa: isa))
    }
}

/// Random values from a fixed seed (SplitMix64).
struct SeededValues {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in −1 … 1.
    mutating func float() -> Float { Float(next() >> 40) / 8_388_608 - 1 }
    mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

/// A channels-last activation in memory of its own, with `gap` floats between the channels of two pixels that no kernel
/// may touch.
final class ViewMemory {
    let shape: [Int]
    let stride: Int
    private let memory: UnsafeMutablePointer<Float>
    private let count: Int
    static let untouched: Float = 12345

    init(_ shape: [Int], gap: Int = 0, values: [Float]? = nil) {
        self.shape = shape
        stride = shape[3] + gap
        count = shape[0] * shape[1] * shape[2] * stride
        memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
            .bindMemory(to: Float.self, capacity: max(count, 1))
        memory.initialize(repeating: Self.untouched, count: max(count, 1))
        if let values { fill(values) }
    }

    deinit { memory.deallocate() }

    func fill(_ values: [Float]) {
        for (i, value) in values.enumerated() { memory[i / shape[3] * stride + i % shape[3]] = value }
    }

    var values: [Float] {
        (0..<shape.reduce(1, *)).map { memory[$0 / shape[3] * stride + $0 % shape[3]] }
    }

    /// Whether the gaps between the pixels still hold what they held at the start.
    var gapsUntouched: Bool {
        (0..<count).allSatisfy { $0 % stride < shape[3] || memory[$0] == Self.untouched }
    }

    var view: lt_view {
        lt_view(
            data: memory, n: Int64(shape[0]), h: Int64(shape[1]), w: Int64(shape[2]), c: Int64(shape[3]),
            stride: Int64(stride))
    }
}

/// ‖a − b‖ / ‖b‖ in double.
func relativeError(_ a: [Float], _ b: [Float]) -> Double {
    guard a.count == b.count else { return .infinity }
    var difference = 0.0
    var norm = 0.0
    for (x, y) in zip(a, b) {
        difference += Double(x - y) * Double(x - y)
        norm += Double(y) * Double(y)
    }
    return norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
}
