extension Picture {
    /// A CT slice in the greys of a window, without annotations.
    ///
    /// HU are scaled first and windowed afterwards, so that what is averaged is density. Throws `invalidArgument` for a
    /// scale (mm per pixel) that is not positive or gives a picture that is too large.
    public init(
        _ slice: PlaneSlice<Int16>, window: Window, millimetresPerPixel: Double
    ) throws(ImagingError) {
        let scaling = try SliceScaling(of: slice, millimetresPerPixel: millimetresPerPixel)
        try self.init(width: scaling.width, height: scaling.height)
        paint(scaling.apply(slice.values.map(Float.init))) { RGB(gray: window.gray($0)) }
    }

    /// A slice of other values, such as counts or probabilities, through a colour map that spans `range`.
    ///
    /// Throws as above, and for a range without extent.
    public init(
        _ slice: PlaneSlice<Float>, map: ColorMap, range: ClosedRange<Double>, millimetresPerPixel: Double
    ) throws(ImagingError) {
        let extent = range.upperBound - range.lowerBound
        guard extent > 0, extent.isFinite else {
            throw ImagingError(
                .invalidArgument, subject: "colour map",
                message: "A colour map spans a range of values, not \(range.lowerBound) to \(range.upperBound).")
        }
        let scaling = try SliceScaling(of: slice, millimetresPerPixel: millimetresPerPixel)
        try self.init(width: scaling.width, height: scaling.height)
        paint(scaling.apply(slice.values)) { map.color(($0 - range.lowerBound) / extent) }
    }

    private mutating func paint(_ values: [Float], color: (Double) -> RGB) {
        for y in 0..<height {
            for x in 0..<width { self[x, y] = color(Double(values[y * width + x])) }
        }
    }
}
