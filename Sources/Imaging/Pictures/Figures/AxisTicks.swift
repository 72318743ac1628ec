/// Round numbers along an axis.
public enum AxisTicks {
    /// Multiples of 1, 2 or 5 times a power of ten inside the range: at most `count` steps, as many as that allows.
    /// Empty for a range without extent.
    public static func round(_ range: ClosedRange<Double>, count: Int) -> [Double] {
        let extent = range.upperBound - range.lowerBound
        guard extent > 0, extent.isFinite, count > 0 else { return [] }
        let step = roundStep(atLeast: extent / Double(count))
        // A hair of tolerance, so that 0.3 is a multiple of 0.1.
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first <= last, last - first <= Double(count) + 1 else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// The smallest of 1, 2, 5 times a power of ten that is not less than `value`, which must be positive.
    static func roundStep(atLeast value: Double) -> Double {
        let power = pow10(value)
        for factor in [1.0, 2, 5] where factor * power >= value * (1 - 1e-9) { return factor * power }
        return 10 * power
    }

    /// The largest of 1, 2, 5 times a power of ten that is not more than `value`, which must be positive.
    static func roundStep(atMost value: Double) -> Double {
        let power = pow10(value)
        for factor in [5.0, 2] where factor * power <= value * (1 + 1e-9) { return factor * power }
        return power
    }

    /// The largest power of ten that is not more than the value.
    private static func pow10(_ value: Double) -> Double {
        var power = 1.0
        while power * 10 <= value * (1 + 1e-9) { power *= 10 }
        while power > value * (1 + 1e-9) { power /= 10 }
        return power
    }
}
