/// Elementary functions from additions and products alone: those of the platform's library may differ in the last bit.
enum PhantomMath {
    /// Sine of an angle in radians, |angle| ≤ 2π; Taylor's series, error below 1e-12.
    static func sine(_ angle: Double) -> Double {
        var x = angle
        if x > Double.pi { x -= 2 * Double.pi }
        if x < -Double.pi { x += 2 * Double.pi }
        if x > Double.pi / 2 { x = Double.pi - x }
        if x < -Double.pi / 2 { x = -Double.pi - x }
        var term = x
        var sum = x
        for n in 1...9 {
            term *= -x * x / Double(2 * n * (2 * n + 1))
            sum += term
        }
        return sum
    }

    static func cosine(_ angle: Double) -> Double {
        sine(angle + (angle > Double.pi ? -1.5 : 0.5) * Double.pi)
    }

    /// Cube root of a value in 0...1e6, by Newton's method.
    static func cubeRoot(_ value: Double) -> Double {
        guard value > 0 else { return 0 }
        var root = max(1, value / 10)
        for _ in 0..<40 { root = (2 * root + value / (root * root)) / 3 }
        return root
    }

    /// 0 below `from`, 1 above `to` (or the other way round), even in between.
    @inline(__always) static func ramp(_ value: Double, from: Double, to: Double) -> Double {
        min(1, max(0, (value - from) / (to - from)))
    }
}
