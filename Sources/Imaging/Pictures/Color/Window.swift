/// The range of HU that a picture spreads over its greys.
public struct Window: Hashable, Sendable {
    /// HU shown as middle grey.
    public let center: Double
    /// HU from black to white, at least 1.
    public let width: Double

    /// Throws `invalidArgument` unless the width is at least 1 and both are finite.
    public init(center: Double, width: Double) throws(ImagingError) {
        guard center.isFinite, width.isFinite, width >= 1 else {
            throw ImagingError(
                .invalidArgument, subject: "window",
                message: "A window is a centre and a width of at least 1 HU, not \(center) and \(width).")
        }
        self.init(checkedCenter: center, width: width)
    }

    private init(checkedCenter center: Double, width: Double) {
        self.center = center
        self.width = width
    }

    public static let lung = Window(checkedCenter: -600, width: 1500)
    public static let mediastinum = Window(checkedCenter: 40, width: 400)
    public static let bone = Window(checkedCenter: 400, width: 1800)

    /// 0 (black) to 1 (white), by the linear function of DICOM PS3.3 C.11.2.1.2.1:
    /// `(HU − (centre − 0.5)) / (width − 1) + 0.5`, clamped.
    public func brightness(_ hounsfield: Double) -> Double {
        let offset = hounsfield - (center - 0.5)
        // DICOM's two comparisons decide alone when the width is 1.
        if offset <= -(width - 1) / 2 { return 0 }
        if offset > (width - 1) / 2 { return 1 }
        return offset / (width - 1) + 0.5
    }

    /// The grey of a value: 255 times its brightness, rounded. NaN is black.
    public func gray(_ hounsfield: Double) -> UInt8 {
        let value = (brightness(hounsfield) * 255).rounded()
        return value > 0 ? UInt8(value) : 0
    }

    /// `W 1500 L −600 HU`, as viewers write it.
    public var description: String { "W \(plain(width)) L \(plain(center)) HU" }
}
