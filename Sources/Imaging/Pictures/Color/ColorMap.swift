/// Colours for the values 0 to 1.
public enum ColorMap: String, Sendable, CaseIterable {
    /// Black to white.
    case gray
    /// Black over red and yellow to white, matplotlib's definition: red rises from 0.0416 to 1 at 0.365079, green from
    /// there to 1 at 0.746032, blue from there to 1 at 1. (MATLAB's `hot` has the same colours at steps of its own.)
    case hot
    /// Perceptually uniform, dark violet to yellow; by N. Smith, S. van der Walt and E. Firing (CC0).
    case viridis

    /// The colour of a value; what lies outside 0...1 gets the nearest end, NaN the lower one.
    public func color(_ value: Double) -> RGB {
        let value = value > 0 ? min(value, 1) : 0
        switch self {
        case .gray: return RGB(gray: UInt8((value * 255).rounded()))
        case .hot:
            func ramp(_ start: Double, _ end: Double, from base: Double = 0) -> UInt8 {
                let share = min(max((value - start) / (end - start), 0), 1)
                return UInt8(((base + (1 - base) * share) * 255).rounded())
            }
            return RGB(ramp(0, 0.365079, from: 0.0416), ramp(0.365079, 0.746032), ramp(0.746032, 1))
        case .viridis:
            let position = value * Double(ColorMap.viridisSteps.count - 1)
            let below = min(Int(position), ColorMap.viridisSteps.count - 2)
            return RGB(hex: ColorMap.viridisSteps[below + 1])
                .blended(over: RGB(hex: ColorMap.viridisSteps[below]), opacity: position - Double(below))
        }
    }

    /// Every fifth of matplotlib's 256 entries; straight lines between them differ from it by at most 2 of 255.
    private static let viridisSteps: [UInt32] = [
        0x440154, 0x46085C, 0x471063, 0x481769, 0x481D6F, 0x482475, 0x472A7A, 0x46307E, 0x453781, 0x433D84, 0x414287,
        0x3F4889, 0x3D4E8A, 0x3A538B, 0x38598C, 0x355E8D, 0x33638D, 0x31688E, 0x2E6D8E, 0x2C718E, 0x2A768E, 0x297B8E,
        0x27808E, 0x25848E, 0x23898E, 0x218E8D, 0x20928C, 0x1F978B, 0x1E9C89, 0x1FA188, 0x21A585, 0x24AA83, 0x28AE80,
        0x2EB37C, 0x35B779, 0x3DBC74, 0x46C06F, 0x50C46A, 0x5AC864, 0x65CB5E, 0x70CF57, 0x7CD250, 0x89D548, 0x95D840,
        0xA2DA37, 0xB0DD2F, 0xBDDF26, 0xCAE11F, 0xD8E219, 0xE5E419, 0xF1E51D, 0xFDE725,
    ]
}
