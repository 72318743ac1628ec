import NeuralNet
import Testing

extension WeightsTests {
    /// Against Swift's own `Float16`, which LLVM implements by the standard; equality of bits, no tolerance.
    @Suite struct HalfPrecisionTests {
        @Test func everyHalfBecomesItsExactSingle() {
            let wrong = (UInt16.min...UInt16.max).filter { bits in
                let expected = Float(Float16(bitPattern: bits))
                let actual = HalfPrecision.single(bits)
                return expected.isNaN
                    ? !actual.isNaN || actual.sign != expected.sign : actual.bitPattern != expected.bitPattern
            }
            #expect(wrong.prefix(5) == [])
        }

        @Test func everyHalfComesBack() {
            let wrong = (UInt16.min...UInt16.max).filter { bits in
                // A signalling NaN comes back quiet, as it does from the processor.
                let isNaN = bits & 0x7fff > 0x7c00
                return HalfPrecision.half(HalfPrecision.single(bits)) != (isNaN ? bits | 0x0200 : bits)
            }
            #expect(wrong.prefix(5) == [])
        }

        /// Ties, and the neighbours of ties, between every two consecutive halves of either sign.
        @Test func singlesRoundToNearestEven() {
            let ties = (UInt16(0)..<0x7c00).map { bits in
                let low = Double(Float16(bitPattern: bits))
                let high = bits == 0x7bff ? 65536 : Double(Float16(bitPattern: bits + 1))
                return Float((low + high) / 2)
            }
            let values = ties.flatMap { [$0.nextDown, $0, $0.nextUp] }
            let wrong = (values + values.map { -$0 }).filter { HalfPrecision.half($0) != Float16($0).bitPattern }
            #expect(wrong.prefix(5) == [])
        }

        @Test func randomSinglesRoundAsFloat16Does() {
            let seed: UInt64 = 16
            print("half precision: seed \(seed)")
            var generator = SeededGenerator(seed: seed)
            let wrong = (0..<1_000_000).map { _ in UInt32.random(in: .min ... .max, using: &generator) }.filter {
                bits in
                let value = Float(bitPattern: bits)
                let actual = HalfPrecision.half(value)
                return value.isNaN
                    ? !Float16(bitPattern: actual).isNaN : actual != Float16(value).bitPattern
            }
            #expect(wrong.prefix(5) == [], "seed \(seed)")
        }

        @Test func theOverflowThresholdIsTheFirstThatRoundsToInfinity() {
            #expect(Float16(HalfPrecision.overflowThreshold).isInfinite)
            #expect(Float16(HalfPrecision.overflowThreshold.nextDown) == 65504)
        }
    }
}
