/// Conversions between float32 and float16 (IEEE 754 binary16) in integer arithmetic.
///
/// `Float(Float16)` calls a library function per element on x86-64 without F16C, which the portable build cannot
/// assume; these have no branches and vectorise. They do not depend on how the processor treats subnormal float32.
package enum HalfPrecision {
    /// The smallest magnitude that rounds to float16's infinity: halfway from 65504 to the next step, 65536.
    package static let overflowThreshold: Float = 65520

    /// The exact value of the float16 with bits `half`; NaN keeps its payload.
    @inline(__always)
    package static func single(_ half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let shifted = UInt32(half & 0x7fff) << 13
        // Normal numbers: move the exponent's bias from 15 to 127.
        let normal = shifted &+ 112 << 23
        // Subnormals: with the exponent of 2^-14 as an implicit one that is subtracted again, exactly.
        let subnormal = (Float(bitPattern: shifted &+ 113 << 23) - Float(bitPattern: 113 << 23)).bitPattern
        let special = shifted | 0x7f80_0000
        let magnitude = half & 0x7c00 == 0 ? subnormal : (half & 0x7c00 == 0x7c00 ? special : normal)
        return Float(bitPattern: magnitude | sign)
    }

    /// The float16 bits nearest to `value`, ties to even; beyond the range infinity, NaN stays NaN.
    @inline(__always)
    package static func half(_ value: Float) -> UInt16 {
        let sign = value.bitPattern & 0x8000_0000
        let magnitude = value.bitPattern ^ sign
        // 65520 and above carry into the exponent of infinity by themselves; from 65536 on the exponent is too large.
        let special: UInt32 = magnitude > 0x7f80_0000 ? 0x7e00 | (magnitude >> 13 & 0x3ff) : 0x7c00
        // Below 2^-14: adding 0.5 leaves the value in steps of 2^-24, float16's subnormal step, rounded to even.
        let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
        let normal = (magnitude &- 112 << 23 &+ 0xfff &+ (magnitude >> 13 & 1)) >> 13
        let bits = magnitude >= 0x4780_0000 ? special : (magnitude < 0x3880_0000 ? subnormal : normal)
        return UInt16(truncatingIfNeeded: bits | sign >> 16)
    }
}
