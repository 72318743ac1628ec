/// A colour of 8-bit sRGB components.
public struct RGB: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    public init(gray: UInt8) { self.init(gray, gray, gray) }

    /// From `0xRRGGBB`; higher bits are ignored.
    public init(hex: UInt32) {
        self.init(
            UInt8(truncatingIfNeeded: hex >> 16), UInt8(truncatingIfNeeded: hex >> 8), UInt8(truncatingIfNeeded: hex))
    }

    public static let black = RGB(gray: 0)
    public static let white = RGB(gray: 255)

    /// `(1 − opacity)·background + opacity·self` for each component, rounded to nearest; opacity is clamped to 0...1.
    ///
    /// The components are blended as they are, not as light: overlays look as in other viewers.
    public func blended(over background: RGB, opacity: Double) -> RGB {
        // Also true for NaN, which then draws nothing.
        guard opacity > 0 else { return background }
        let share = min(opacity, 1)
        func mix(_ below: UInt8, _ above: UInt8) -> UInt8 {
            UInt8(((1 - share) * Double(below) + share * Double(above)).rounded())
        }
        return RGB(mix(background.red, red), mix(background.green, green), mix(background.blue, blue))
    }
}
