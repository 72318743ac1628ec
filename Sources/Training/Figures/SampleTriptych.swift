import Imaging
import Segmentation

/// The paper's Fig. 1: a slice, its lungs alone, and its labels (black background, dark grey ground-glass, light grey
/// consolidation, white effusion). Without a lung mask the middle is left out.
public struct SampleTriptych: Sendable {
    public let volume: LabelledVolume
    public let lungs: LabelVolume?
    /// From 0.
    public let slice: Int

    /// `lungs` is 0 outside, on the volume's grid. Throws `invalidArgument` for a slice that there is not, `shapeMismatch` for
    /// lungs of another size.
    public init(_ volume: LabelledVolume, lungs: LabelVolume? = nil, slice: Int) throws(TrainingError) {
        guard (0..<volume.ct.grid.size.k).contains(slice) else {
            throw TrainingError(
                .invalidArgument, subject: volume.name,
                message: "There is no slice \(slice) of \(volume.ct.grid.size.k).")
        }
        guard lungs?.grid.size ?? volume.ct.grid.size == volume.ct.grid.size else {
            throw TrainingError(
                .shapeMismatch, subject: volume.name, message: "The lung mask has another size than the slices.")
        }
        self.volume = volume
        self.lungs = lungs
        self.slice = slice
    }

    /// The slice that shows most: the most classes, and of those the one whose rarest lesion is largest.
    public static func mostTellingSlice(of labels: LabelVolume) -> Int {
        let plane = labels.grid.size.i * labels.grid.size.j
        var best = (slice: 0, kinds: 0, rarest: 0)
        for k in 0..<labels.grid.size.k {
            var counts = [Int](repeating: 0, count: 256)
            for label in labels.voxels[(k * plane)..<((k + 1) * plane)] { counts[Int(label)] += 1 }
            let lesions = counts.dropFirst().filter { $0 > 0 }
            let found = (slice: k, kinds: lesions.count, rarest: lesions.min() ?? 0)
            if (found.kinds, found.rarest) > (best.kinds, best.rarest) { best = found }
        }
        return best.slice
    }

    /// Cropped to what is not air, a pixel for each voxel. Throws `imaging`.
    public func picture() throws(TrainingError) -> Picture {
        try imaging(volume.name) {
            let ct = try volume.ct.slice(.axial, at: slice)
            let scale = ct.spacing.x
            let crop = ct.contentSquare
            var tiles = [try tile(Picture(ct, window: .lung, millimetresPerPixel: scale), crop, "CT slice")]
            if let lungs {
                let mask = try lungs.slice(.axial, at: slice).values
                // Below every window: black.
                let inside = try ct.replacing(zip(ct.values, mask).map { $1 == 0 ? Int16.min : $0 })
                tiles.append(try tile(Picture(inside, window: .lung, millimetresPerPixel: scale), crop, "Lungs"))
            }
            let labels = try volume.labels.slice(.axial, at: slice)
            let greys = try labels.replacing(labels.values.map(Float.init))
            tiles.append(
                try tile(
                    Picture(greys, map: .gray, range: 0...3, millimetresPerPixel: scale), crop,
                    "Labels"))
            return try Montage(columns: tiles.count, gap: 8, captionStyle: TextStyle(capHeight: 10)).picture(tiles)
        }
    }

    private func tile(
        _ picture: Picture, _ crop: SliceRectangle, _ caption: String
    ) throws(ImagingError) -> Montage.Tile {
        Montage.Tile(try picture.cropped(to: crop), caption: caption)
    }
}
