#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The learning rate of every optimiser step, counted from 0; the formulas are PyTorch's.
public enum LearningRateSchedule: Hashable, Sendable {
    case constant(Double)
    /// Multiplied by `factor` after every `interval` steps.
    case step(initial: Double, interval: Int, factor: Double)
    /// Half a cosine from `initial` to `minimum` over `steps` steps, then constant (Loshchilov & Hutter 2017, without
    /// restarts).
    case cosine(initial: Double, steps: Int, minimum: Double = 0)
    /// From `maximum`/`divisor` up to `maximum` over the first `warmup` of `steps` steps, then down to the start divided
    /// by `finalDivisor`, both along half a cosine (Smith & Topin 2019).
    case oneCycle(
        maximum: Double, steps: Int, warmup: Double = 0.3, divisor: Double = 25, finalDivisor: Double = 10000)

    /// The learning rate of optimiser step `step`, counted from 0.
    public func rate(at step: Int) -> Double {
        switch self {
        case .constant(let rate):
            return rate
        case .step(let initial, let interval, let factor):
            return initial * pow(factor, Double(step / max(1, interval)))
        case .cosine(let initial, let steps, let minimum):
            return LearningRateSchedule.cosine(from: initial, to: minimum, at: Double(step) / Double(steps))
        case .oneCycle(let maximum, let steps, let warmup, let divisor, let finalDivisor):
            let start = maximum / divisor
            let peak = warmup * Double(steps) - 1
            let time = Double(step)
            if peak > 0, time <= peak { return LearningRateSchedule.cosine(from: start, to: maximum, at: time / peak) }
            let descent = Double(steps - 1) - peak
            return LearningRateSchedule.cosine(
                from: maximum, to: start / finalDivisor, at: descent > 0 ? (time - peak) / descent : 1)
        }
    }

    /// Half a cosine; outside 0 … 1 the ends go on.
    private static func cosine(from start: Double, to end: Double, at progress: Double) -> Double {
        end + (start - end) * (1 + cos(Double.pi * min(max(progress, 0), 1))) / 2
    }

    /// Throws `invalidArgument` when a rate is negative or not finite, or a number of steps below 1.
    func check() throws(NeuralNetError) {
        let fits: Bool
        switch self {
        case .constant(let rate):
            fits = rate.isFinite && rate >= 0
        case .step(let initial, let interval, let factor):
            fits = initial.isFinite && initial >= 0 && interval >= 1 && factor.isFinite && factor >= 0
        case .cosine(let initial, let steps, let minimum):
            fits = initial.isFinite && initial >= 0 && steps >= 1 && minimum.isFinite && minimum >= 0
        case .oneCycle(let maximum, let steps, let warmup, let divisor, let finalDivisor):
            fits =
                maximum.isFinite && maximum >= 0 && steps >= 1 && (0...1).contains(warmup) && divisor > 0
                && divisor.isFinite && finalDivisor > 0 && finalDivisor.isFinite
        }
        guard fits else {
            throw NeuralNetError(
                .invalidArgument, operation: "learning rate schedule", message: "A number is out of range: \(self).")
        }
    }
}
