/// A length in the patient to compare with: 1, 2 or 5 times a power of ten millimetres.
public struct ScaleBar: Hashable, Sendable {
    public let millimetres: Double
    /// Its length in the picture, rounded to whole pixels.
    public let pixels: Int

    /// The longest such bar of at most `longest` pixels; nil for a scale or length that is not positive.
    public init?(millimetresPerPixel: Double, longest: Int) {
        guard millimetresPerPixel > 0, millimetresPerPixel.isFinite, longest > 0 else { return nil }
        millimetres = AxisTicks.roundStep(atMost: millimetresPerPixel * Double(longest))
        pixels = Int((millimetres / millimetresPerPixel).rounded())
    }

    /// `5 cm`, or `5 mm` below a centimetre.
    public var label: String {
        millimetres >= 10 ? "\(plain(millimetres / 10)) cm" : "\(plain(millimetres, digits: 4)) mm"
    }

    /// Draws a white bar, rimmed in black, with its lower left corner at (x, y), and its length above it.
    public func draw(on picture: inout Picture, x: Int, y: Int, capHeight: Double) {
        let thickness = max(2, Int(capHeight / 4))
        picture.fill(x: x - 1, y: y - thickness - 1, width: pixels + 2, height: thickness + 2, color: .black)
        picture.fill(x: x, y: y - thickness, width: pixels, height: thickness, color: .white)
        picture.draw(
            label, x: Double(x), y: Double(y - thickness) - capHeight * 0.6,
            style: TextStyle(capHeight: capHeight, halo: .black), vertical: .baseline)
    }
}
