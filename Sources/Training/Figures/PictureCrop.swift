import Imaging

extension PlaneSlice where Voxel == Int16 {
    /// Above air and above what surrounds a scan: HU.
    private static var airBound: Int16 { -950 }

    /// The square around all that is not air, which may reach beyond the slice; the whole slice where there is only air.
    var contentSquare: SliceRectangle {
        let rows = (0..<height).filter { y in
            values[(y * width)..<((y + 1) * width)].contains { $0 > Self.airBound }
        }
        let columns = (0..<width).filter { x in
            rows.contains { values[$0 * width + x] > Self.airBound }
        }
        guard let top = rows.first, let bottom = rows.last, let left = columns.first, let right = columns.last else {
            return SliceRectangle(i: 0..<width, j: 0..<height)
        }
        let side = max(bottom - top, right - left) + 1
        let (i, j) = ((left + right + 1 - side) / 2, (top + bottom + 1 - side) / 2)
        return SliceRectangle(i: i..<(i + side), j: j..<(j + side))
    }
}

extension Picture {
    /// The part of a slice's picture that a rectangle of the slice covers, `pixelsPerVoxel` being the picture's scale; black
    /// beyond its border. Throws `invalidArgument` for a part that no picture can have.
    func cropped(to rectangle: SliceRectangle, pixelsPerVoxel scale: Double = 1) throws(ImagingError) -> Picture {
        func scaled(_ value: Int) -> Int { Int((Double(value) * scale).rounded()) }
        var result = try Picture(
            width: max(1, scaled(rectangle.i.count)), height: max(1, scaled(rectangle.j.count)))
        result.draw(self, x: -scaled(rectangle.i.lowerBound), y: -scaled(rectangle.j.lowerBound))
        return result
    }
}
