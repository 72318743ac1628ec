extension SliceResizer {
    /// Slice k as height × width values in HU, row by row.
    ///
    /// - Parameters:
    ///   - outside: what pixels beyond the slice hold, in HU; the picture is resized with them.
    ///   - range: values are clamped to it before they are averaged, so that metal does not bleed into its neighbours.
    ///
    /// Throws `invalidArgument` when there is no such slice.
    public func picture<Axes>(
        of volume: Volume<Int16, Axes>, slice k: Int, outside: Float = -1000,
        clampedTo range: ClosedRange<Int16> = .min ... .max
    ) throws(ImagingError) -> [Float] {
        try check(slice: k, of: volume.grid.size)
        return try pictures(of: volume, slices: k..<k + 1, outside: outside, clampedTo: range)
    }

    /// Neighbouring slices, one picture after the other: slices × height × width values in HU.
    ///
    /// Throws `invalidArgument` when the range is empty or not within the volume.
    public func pictures<Axes>(
        of volume: Volume<Int16, Axes>, slices: Range<Int>, outside: Float = -1000,
        clampedTo range: ClosedRange<Int16> = .min ... .max
    ) throws(ImagingError) -> [Float] {
        let size = volume.grid.size
        guard let last = slices.last else {
            throw ImagingError(.invalidArgument, subject: "slice", message: "No slices were asked for.")
        }
        try check(slice: slices.lowerBound, of: size)
        try check(slice: last, of: size)
        let plane = height * width
        return volume.withUnsafeVoxels { voxels in
            [Float](unsafeUninitializedCapacity: slices.count * plane) { buffer, initialized in
                guard let target = buffer.baseAddress else { return }
                Parallel.loop(slices.count) { index in
                    let slice = voxels + (slices.lowerBound + index) * size.i * size.j
                    resize(slice, size, outside, range, into: target + index * plane)
                }
                initialized = slices.count * plane
            }
        }
    }

    private func resize(
        _ slice: UnsafePointer<Int16>, _ size: GridSize, _ outside: Float, _ range: ClosedRange<Int16>,
        into target: UnsafeMutablePointer<Float>
    ) {
        guard let visible = visible(in: size) else {
            target.update(repeating: outside, count: height * width)
            return
        }
        let crop = UnsafeMutablePointer<Float>.allocate(capacity: rectangle.i.count)
        let resized = UnsafeMutablePointer<Float>.allocate(capacity: rectangle.j.count * width)
        defer {
            crop.deallocate()
            resized.deallocate()
        }
        crop.update(repeating: outside, count: rectangle.i.count)
        let (low, high) = (range.lowerBound, range.upperBound)
        for (row, j) in rectangle.j.enumerated() {
            guard visible.j.contains(j) else {
                (resized + row * width).update(repeating: outside, count: width)
                continue
            }
            let source = slice + j * size.i
            let shifted = crop - rectangle.i.lowerBound
            for i in visible.i { shifted[i] = Float(min(max(source[i], low), high)) }
            columns.apply(to: crop, outputs: 0..<width, into: resized + row * width)
        }
        for row in 0..<height { rows.combine(rows: resized, width: width, output: row, into: target + row * width) }
    }

    /// Slice k of a label map as height × width labels: each picture pixel takes the label at its centre; 0 beyond the
    /// slice. Throws `invalidArgument` when there is no such slice.
    public func labelPicture<Axes>(
        of labels: Volume<UInt8, Axes>, slice k: Int
    ) throws(ImagingError) -> [UInt8] {
        let size = labels.grid.size
        try check(slice: k, of: size)
        let (columnPlaces, rowPlaces) = (
            Self.nearest(from: rectangle.i.count, to: width), Self.nearest(from: rectangle.j.count, to: height)
        )
        return labels.withUnsafeVoxels { voxels in
            var picture = [UInt8](repeating: 0, count: height * width)
            for row in 0..<height {
                let j = rectangle.j.lowerBound + rowPlaces[row]
                guard (0..<size.j).contains(j) else { continue }
                let source = voxels + (k * size.j + j) * size.i
                for column in 0..<width {
                    let i = rectangle.i.lowerBound + columnPlaces[column]
                    if (0..<size.i).contains(i) { picture[row * width + column] = source[i] }
                }
            }
            return picture
        }
    }

    /// For every output the input pixel that its centre lies in; on an edge, the later one. In whole numbers, so that
    /// no rounding decides.
    static func nearest(from inputs: Int, to outputs: Int) -> [Int] {
        (0..<outputs).map { min((2 * $0 + 1) * inputs / (2 * outputs), inputs - 1) }
    }
}
