/// The factor that keeps small gradients from vanishing in float16 (Micikevicius et al. 2018). It is a power of two, so it
/// costs no accuracy; it halves when a gradient overflows and doubles again after many steps that went well.
///
/// Its course is a function of the steps alone; a session that goes on from a checkpoint starts at the initial factor.
struct LossScale: Hashable, Sendable {
    private(set) var factor: Float
    private var stepsSinceChange = 0
    private let isDynamic: Bool

    private static let initial: Float = 65536
    private static let largest: Float = 16_777_216
    private static let stepsBeforeGrowth = 2000

    /// bfloat16 and float32 have the range that gradients need: their factor is 1 for good.
    init(_ element: ElementType) {
        isDynamic = element == .float16
        factor = isDynamic ? LossScale.initial : 1
    }

    /// After a gradient overflowed: whether a smaller factor may help.
    mutating func shrink() -> Bool {
        guard isDynamic, factor > 1 else { return false }
        factor /= 2
        stepsSinceChange = 0
        return true
    }

    /// After a step was taken.
    mutating func succeed() {
        guard isDynamic else { return }
        stepsSinceChange += 1
        guard stepsSinceChange == LossScale.stepsBeforeGrowth, factor < LossScale.largest else { return }
        factor *= 2
        stepsSinceChange = 0
    }
}
