extension SliceResizer {
    /// Writes a picture's labels (height × width) to slice k: every pixel of the rectangle takes the label its centre
    /// lies in. Pixels outside the rectangle keep theirs.
    ///
    /// Throws `invalidArgument` for a wrong number of labels or a slice that there is not.
    public func restore<Axes>(
        labels picture: [UInt8], to volume: inout Volume<UInt8, Axes>, slice k: Int
    ) throws(ImagingError) {
        let size = volume.grid.size
        try check(slice: k, of: size)
        try check(picture.count)
        guard let visible = visible(in: size) else { return }
        let columnPlaces = Self.nearest(from: width, to: rectangle.i.count)
        let rowPlaces = Self.nearest(from: height, to: rectangle.j.count)
        volume.withUnsafeMutableVoxels { voxels in
            for j in visible.j {
                let row = rowPlaces[j - rectangle.j.lowerBound] * width
                let target = voxels + (k * size.j + j) * size.i
                for i in visible.i { target[i] = picture[row + columnPlaces[i - rectangle.i.lowerBound]] }
            }
        }
    }

    /// Writes the likeliest class to slice k: classes × height × width scores (probabilities or logits) are resized
    /// back to the rectangle, then compared; of equal ones the lowest class wins. Pixels outside the rectangle keep
    /// their label.
    ///
    /// Throws `invalidArgument` for a wrong number of scores, 0 or more than 256 classes, or a slice that there is not.
    public func restore<Axes>(
        scores: [Float], classes: Int, to volume: inout Volume<UInt8, Axes>, slice k: Int
    ) throws(ImagingError) {
        try Self.restore(scores: scores, classes: classes, to: &volume, slices: [(self, k)])
    }

    /// The same for several slices at a time, on several threads: each slice's scores follow those of the one before. No
    /// slice may be named twice.
    ///
    /// Throws `invalidArgument` as for one slice, and for a slice that is named twice.
    public static func restore<Axes>(
        scores: [Float], classes: Int, to volume: inout Volume<UInt8, Axes>,
        slices: [(resizer: SliceResizer, slice: Int)]
    ) throws(ImagingError) {
        let size = volume.grid.size
        try check(classes: classes)
        for (resizer, k) in slices { try resizer.check(slice: k, of: size) }
        guard Set(slices.map(\.slice)).count == slices.count else {
            throw ImagingError(.invalidArgument, subject: "slice", message: "A slice is named twice.")
        }
        let needed = slices.reduce(0) { $0 + classes * $1.resizer.height * $1.resizer.width }
        guard scores.count == needed else {
            throw ImagingError(
                .invalidArgument, subject: "slice",
                message: "\(slices.count) picture(s) of \(classes) classes hold \(needed) values, "
                    + "but \(scores.count) were given.")
        }
        volume.withUnsafeMutableVoxels { voxels in
            Parallel.loop(slices.count) { place in
                let (resizer, k) = slices[place]
                let before = slices[..<place].reduce(0) { $0 + $1.resizer.height * $1.resizer.width }
                resizer.write(
                    likeliestOf: scores, from: classes * before, classes: classes,
                    to: voxels + k * size.j * size.i, size)
            }
        }
    }

    private func write(
        likeliestOf scores: [Float], from start: Int, classes: Int, to target: UnsafeMutablePointer<UInt8>,
        _ size: GridSize
    ) {
        guard let visible = visible(in: size) else { return }
        var best = restored(scores, from: start, visible)
        for j in visible.j {
            (target + j * size.i + visible.i.lowerBound).update(repeating: 0, count: visible.i.count)
        }
        for label in 1..<max(classes, 1) {
            let restored = self.restored(scores, from: start + label * height * width, visible)
            var pixel = 0
            for j in visible.j {
                for i in visible.i {
                    if restored[pixel] > best[pixel] {
                        best[pixel] = restored[pixel]
                        target[j * size.i + i] = UInt8(truncatingIfNeeded: label)
                    }
                    pixel += 1
                }
            }
        }
    }

    /// Writes height × width values, resized back to the rectangle, to slice k of a volume, if there is one; pixels outside
    /// the rectangle keep theirs.
    ///
    /// Throws `invalidArgument` for a wrong number of values or a slice that there is not.
    public func restore<Axes>(
        values picture: [Float], to volume: inout Volume<Float, Axes>?, slice k: Int
    ) throws(ImagingError) {
        guard let size = volume?.grid.size else { return }
        try check(slice: k, of: size)
        try check(picture.count)
        guard let visible = visible(in: size) else { return }
        let restored = self.restored(picture, from: 0, visible)
        volume?.withUnsafeMutableVoxels { voxels in
            for (row, j) in visible.j.enumerated() {
                let target = voxels + (k * size.j + j) * size.i
                for (column, i) in visible.i.enumerated() { target[i] = restored[row * visible.i.count + column] }
            }
        }
    }

    /// A picture of height × width values resized back to the whole rectangle: its rows × columns values. Throws
    /// `invalidArgument` for a wrong number of values.
    public func restored(_ picture: [Float]) throws(ImagingError) -> [Float] {
        try check(picture.count)
        return restored(picture, from: 0, rectangle)
    }

    private static func check(classes: Int) throws(ImagingError) {
        guard (1...256).contains(classes) else {
            throw ImagingError(
                .invalidArgument, subject: "slice",
                message: "Labels have room for 1 to 256 classes, but there are \(classes).")
        }
    }

    /// The plane that begins at an index, resized back to a part of the rectangle.
    private func restored(_ planes: [Float], from start: Int, _ part: SliceRectangle) -> [Float] {
        let (partWidth, partHeight) = (part.i.count, part.j.count)
        let outputs = part.i.lowerBound - rectangle.i.lowerBound..<part.i.upperBound - rectangle.i.lowerBound
        let firstRow = part.j.lowerBound - rectangle.j.lowerBound
        let widened = [Float](unsafeUninitializedCapacity: height * partWidth) { buffer, initialized in
            planes.withUnsafeBufferPointer { planes in
                guard let target = buffer.baseAddress, let source = planes.baseAddress else { return }
                for row in 0..<height {
                    columnsBack.apply(
                        to: source + start + row * width, outputs: outputs, into: target + row * partWidth)
                }
            }
            initialized = height * partWidth
        }
        return [Float](unsafeUninitializedCapacity: partHeight * partWidth) { buffer, initialized in
            widened.withUnsafeBufferPointer { widened in
                guard let target = buffer.baseAddress, let source = widened.baseAddress else { return }
                for row in 0..<partHeight {
                    rowsBack.combine(
                        rows: source, width: partWidth, output: firstRow + row, into: target + row * partWidth)
                }
            }
            initialized = partHeight * partWidth
        }
    }
}
