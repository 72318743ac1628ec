/// Seeded pseudo-random numbers, the same on every machine: xoshiro256** (Blackman & Vigna 2018), its state filled by
/// SplitMix64 (Steele, Lea & Flood 2014).
public struct RandomGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)
    private var spare: Double?

    /// A stream for `seed`; different `stream` names give independent streams of one seed.
    public init(seed: UInt64, stream: String = "") {
        var mixer = SplitMix64(state: seed ^ RandomGenerator.hash(stream))
        state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    public mutating func next() -> UInt64 {
        func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotated(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, 45)
        return result
    }

    /// Uniform in 0 ..< 1, with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Standard normal, by Marsaglia's polar method.
    public mutating func normal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * RandomGenerator.logarithm(square) / square).squareRoot()
            spare = y * factor
            return x * factor
        }
    }

    /// 1/23, 1/21 … 1: the coefficients of atanh's series, last first.
    private static let series = stride(from: 23.0, through: 1, by: -2).map { 1 / $0 }

    /// The natural logarithm from IEEE operations alone, since C libraries differ in the last bit.
    private static func logarithm(_ x: Double) -> Double {
        var mantissa = x.significand
        var exponent = Double(x.exponent)
        if mantissa > 1.4142135623730951 {
            mantissa /= 2
            exponent += 1
        }
        // log m = 2·atanh s with |s| < 0.172: twelve terms of its series reach double precision.
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        var sum = 0.0
        for coefficient in series { sum = sum * square + coefficient }
        return exponent * 0.6931471805599453 + 2 * s * sum
    }

    /// FNV-1a; an empty name hashes to 0.
    private static func hash(_ name: String) -> UInt64 {
        if name.isEmpty { return 0 }
        return name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// A 64-bit mixer, for seeding.
struct SplitMix64: Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
