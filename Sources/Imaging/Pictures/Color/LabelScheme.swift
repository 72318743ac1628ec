/// What the values of a label map mean and how they look.
public struct LabelScheme: Hashable, Sendable {
    public struct Label: Hashable, Sendable {
        public let value: UInt8
        public let name: String
        public let color: RGB

        public init(value: UInt8, name: String, color: RGB) {
            self.value = value
            self.name = name
            self.color = color
        }
    }

    /// In the order of legends.
    public let labels: [Label]

    public init(_ labels: [Label]) { self.labels = labels }

    /// The multi-class model's. All colours of the three schemes stay apart (CIE76 ΔE of 30 and more) in normal vision
    /// and in simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009).
    public static let findings = LabelScheme([
        Label(value: 1, name: "Ground-glass opacity", color: RGB(hex: 0x6A80FF)),
        Label(value: 2, name: "Consolidation", color: RGB(hex: 0xEE4A00)),
        Label(value: 3, name: "Pleural effusion", color: RGB(hex: 0xFFF51E)),
    ])
    /// The binary model's.
    public static let infection = LabelScheme([
        Label(value: 1, name: "Infected", color: RGB(hex: 0xEE4A00))
    ])
    /// Lungs whose mask does not tell right from left.
    public static let lungField = LabelScheme([Label(value: 1, name: "Lungs", color: RGB(hex: 0x42FF9E))])
    /// Lung fields; right and left are the patient's.
    public static let lungs = LabelScheme([
        Label(value: 1, name: "Right lung", color: RGB(hex: 0x42FF9E)),
        Label(value: 2, name: "Left lung", color: RGB(hex: 0xB086A4)),
    ])

    /// What a value means; one that the scheme does not know is named by its number, in a colour of `ColorMap.hot`'s
    /// upper half.
    public func label(of value: UInt8) -> Label {
        labels.first { $0.value == value }
            ?? Label(
                value: value, name: "Label \(value)",
                color: ColorMap.hot.color(0.4 + 0.5 * Double(Int(value) * 37 % 64) / 64))
    }
}
