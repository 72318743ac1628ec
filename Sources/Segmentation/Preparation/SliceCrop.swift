import Imaging

/// Which part of every axial slice a network sees: a square, so that nothing is stretched, with some room around what
/// matters. One rule for training and serving.
public enum SliceCrop: String, Hashable, Sendable, Codable, CaseIterable {
    /// The whole slice, made square: the paper's protocol.
    case wholeSlice
    /// Around the body: the largest connected region above −300 HU of the slice.
    case chest
    /// Around the lung field of the slice, from a lung mask; around the chest where the slice holds no lung.
    case lungs
}

extension SliceCrop {
    /// What is air, or lung, and not body: HU.
    private static let bodyThreshold: Int16 = -300
    /// A body smaller than this share of the slice is none: noise, a table, the end of the scan.
    private static let leastShare = 0.05
    /// Room around what is cropped to, as a share of its longer side, on every side.
    private static let margin = 0.04

    /// A square rectangle for every slice k. `lungs` is needed for `.lungs` and lies on the volume's grid.
    ///
    /// Throws `gridMismatch` when the lungs' grid is another, `invalidArgument` when they are needed and missing,
    /// `tooLarge` for volumes of more than Int32.max runs.
    public func rectangles(
        of volume: CTVolume, lungs: LabelVolume? = nil
    ) throws(ImagingError) -> [SliceRectangle] {
        let size = volume.grid.size
        let whole = VoxelBox(size)
        switch self {
        case .wholeSlice:
            return [SliceRectangle](repeating: Self.square(around: whole, margin: 0), count: size.k)
        case .chest:
            return try Self.chests(of: volume).map { Self.square(around: $0 ?? whole, margin: Self.margin) }
        case .lungs:
            guard let lungs else {
                throw ImagingError(
                    .invalidArgument, subject: "crop", message: "Cropping to the lungs needs a lung mask.")
            }
            guard lungs.grid == volume.grid else {
                throw ImagingError(
                    .gridMismatch, subject: "crop", message: "The lung mask lies on another grid than the volume.")
            }
            let chests = try Self.chests(of: volume)
            return Self.boxes(of: lungs).enumerated().map { k, box in
                Self.square(around: box ?? chests[k] ?? whole, margin: Self.margin)
            }
        }
    }

    /// The bounding box of every slice's body; nil where there is none.
    private static func chests(of volume: CTVolume) throws(ImagingError) -> [VoxelBox?] {
        let size = volume.grid.size
        let found = try volume.mask(where: bodyThreshold ... .max).components(.four)
        var largest = [Component?](repeating: nil, count: size.k)
        for component in found.components {
            let k = component.box.k.lowerBound
            if component.voxels > largest[k]?.voxels ?? 0 { largest[k] = component }
        }
        let least = Int(leastShare * Double(size.i * size.j))
        return largest.map { $0.flatMap { $0.voxels >= least ? $0.box : nil } }
    }

    /// The bounding box of every slice's labels; nil where there are none.
    private static func boxes(of labels: LabelVolume) -> [VoxelBox?] {
        let size = labels.grid.size
        return (0..<size.k).map { k in
            var (left, right, top, bottom) = (size.i, -1, size.j, -1)
            for j in 0..<size.j {
                for i in 0..<size.i where labels[i, j, k] != 0 {
                    (left, right) = (min(left, i), max(right, i))
                    (top, bottom) = (min(top, j), max(bottom, j))
                }
            }
            return right < 0 ? nil : VoxelBox(i: left..<right + 1, j: top..<bottom + 1, k: k..<k + 1)
        }
    }

    /// The square of the longer side with `margin` around it, on the same centre.
    private static func square(around box: VoxelBox, margin: Double) -> SliceRectangle {
        let longer = max(box.i.count, box.j.count)
        let side = longer + 2 * Int((margin * Double(longer)).rounded())
        func around(_ range: Range<Int>) -> Range<Int> {
            let start = range.lowerBound - (side - range.count) / 2
            return start..<start + side
        }
        return SliceRectangle(i: around(box.i), j: around(box.j))
    }
}
