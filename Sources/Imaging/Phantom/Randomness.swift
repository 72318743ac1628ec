/// Random numbers that depend on a seed and a counter alone, whatever thread asks: SplitMix64 (Steele et al. 2014).
struct CounterHash: Sendable {
    private let key: UInt64

    init(seed: UInt64, stream: UInt64) {
        key = Self.mix(seed &* 0x9E37_79B9_7F4A_7C15 &+ Self.mix(stream &+ 0xD1B5_4A32_D192_ED03))
    }

    @inline(__always) private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    @inline(__always) func bits(_ counter: UInt64) -> UInt64 { Self.mix(key &+ counter &* 0x9E37_79B9_7F4A_7C15) }

    /// In 0..<1.
    @inline(__always) func uniform(_ counter: UInt64) -> Double { Double(bits(counter) >> 11) * 0x1p-53 }

    /// Mean 0, variance 1, nearly normal: the sum of four 16-bit uniform numbers, which needs no logarithm.
    @inline(__always) func normal(_ counter: UInt64) -> Float {
        let b = bits(counter)
        let sum = (b & 0xFFFF) &+ ((b >> 16) & 0xFFFF) &+ ((b >> 32) & 0xFFFF) &+ (b >> 48)
        return (Float(sum) - 131_070) * (1 / 37_837.2)
    }
}

/// A sequence of random numbers.
struct RandomSequence {
    private let hash: CounterHash
    private var counter: UInt64 = 0

    init(seed: UInt64, stream: UInt64) { hash = CounterHash(seed: seed, stream: stream) }

    mutating func uniform(_ range: ClosedRange<Double> = 0...1) -> Double {
        counter &+= 1
        return range.lowerBound + (range.upperBound - range.lowerBound) * hash.uniform(counter)
    }

    mutating func point(in box: Box) -> Vector {
        Vector(
            uniform(box.lower.x...box.upper.x), uniform(box.lower.y...box.upper.y), uniform(box.lower.z...box.upper.z))
    }
}

/// Smooth random variation in space, in −1...1: values on a periodic lattice, interpolated.
struct ValueNoise: Sendable {
    private static let side = 32
    private let values: [Float]

    init(seed: UInt64, stream: UInt64) {
        let hash = CounterHash(seed: seed, stream: stream)
        let count = UInt64(Self.side * Self.side * Self.side)
        values = (0..<count).map { Float(hash.uniform($0) * 2 - 1) }
    }

    /// At a place in mm, varying over about `scale` mm.
    @inline(__always) func value(at p: Vector, scale: Double) -> Double {
        let (cellX, x) = Self.split(p.x / scale)
        let (cellY, y) = Self.split(p.y / scale)
        let (cellZ, z) = Self.split(p.z / scale)
        return values.withUnsafeBufferPointer { values in
            let nextX = (cellX + 1) & (Self.side - 1)
            @inline(__always) func row(_ y: Int, _ z: Int) -> Float {
                let base = (z & (Self.side - 1)) * Self.side * Self.side + (y & (Self.side - 1)) * Self.side
                let near = values[base + cellX]
                return near + (values[base + nextX] - near) * x
            }
            let near = row(cellY, cellZ) + (row(cellY + 1, cellZ) - row(cellY, cellZ)) * y
            let far = row(cellY, cellZ + 1) + (row(cellY + 1, cellZ + 1) - row(cellY, cellZ + 1)) * y
            return Double(near + (far - near) * z)
        }
    }

    /// The lattice cell, wrapped, and the place within it, 0..<1.
    @inline(__always) private static func split(_ value: Double) -> (cell: Int, place: Float) {
        // Unlike `rounded(.down)`, a conversion that truncates is one instruction on every processor.
        let shifted = min(1e9, max(0, value + 65_536))
        let cell = Int(shifted)
        return (cell & (side - 1), Float(shifted - Double(cell)))
    }
}
