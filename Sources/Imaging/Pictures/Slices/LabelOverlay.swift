/// How a label map is laid over a slice.
public enum OverlayStyle: Hashable, Sendable {
    /// The labelled area blended with its colour at the given opacity, and its outline.
    case filled(opacity: Double)
    case outlined
}

extension Picture {
    /// Width of outlines in pixels.
    static let outlineWidth = 1.5

    /// Lays a label map over a picture of the same slice at the same scale.
    ///
    /// A label's border is where, scaled like the slice, it covers half: midway between a labelled voxel's centre and
    /// an unlabelled one's. Throws `gridMismatch` where the picture has another size than the scaled slice.
    public mutating func overlay(
        _ labels: PlaneSlice<UInt8>, scheme: LabelScheme, style: OverlayStyle, millimetresPerPixel: Double
    ) throws(ImagingError) {
        let scaling = try SliceScaling(of: labels, millimetresPerPixel: millimetresPerPixel)
        guard scaling.width == width, scaling.height == height else {
            throw ImagingError(
                .gridMismatch, subject: "label map",
                message: "The picture has \(width)×\(height) pixels, but the labels cover "
                    + "\(scaling.width)×\(scaling.height).")
        }
        for value in Set(labels.values).subtracting([0]).sorted() {
            let share = scaling.apply(labels.values.map { $0 == value ? 1 : 0 })
            lay(share, color: scheme.label(of: value).color, style: style)
        }
    }

    /// Draws one label from the share of each pixel that it covers.
    private mutating func lay(_ share: [Float], color: RGB, style: OverlayStyle) {
        for y in 0..<height {
            for x in 0..<width {
                // Pixels to the border, positive inside; the share falls along the steepest of the four neighbours.
                let value = share[y * width + x]
                let across = steepest(
                    value, x > 0 ? share[y * width + x - 1] : value, x + 1 < width ? share[y * width + x + 1] : value)
                let down = steepest(
                    value, y > 0 ? share[(y - 1) * width + x] : value,
                    y + 1 < height ? share[(y + 1) * width + x] : value)
                let slope = (across * across + down * down).squareRoot()
                guard value > 0 || slope > 0 else { continue }
                let distance = slope > 0 ? Double((value - 0.5) / slope) : Double.infinity
                if case .filled(let opacity) = style {
                    blend(color, opacity: opacity * min(max(distance + 0.5, 0), 1), x: x, y: y)
                }
                let line = Picture.outlineWidth / 2 + 0.5 - abs(distance)
                blend(color, opacity: min(max(line, 0), 1), x: x, y: y)
            }
        }
    }

    private func steepest(_ value: Float, _ before: Float, _ after: Float) -> Float {
        max(abs(value - before), abs(after - value))
    }
}
