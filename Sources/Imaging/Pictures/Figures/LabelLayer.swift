/// A label map of a CT volume, and how to show it.
public struct LabelLayer: Sendable {
    public let labels: LabelVolume
    public let scheme: LabelScheme
    public let style: OverlayStyle

    public init(_ labels: LabelVolume, scheme: LabelScheme, style: OverlayStyle = .filled(opacity: 0.35)) {
        self.labels = labels
        self.scheme = scheme
        self.style = style
    }

    /// Throws `gridMismatch` unless the labels have the volume's size and every corner lies within a tenth of a voxel
    /// of the volume's: files by other programs hold rounded matrices, which are good enough to look at.
    func check(isOn grid: Grid) throws(ImagingError) {
        guard labels.grid.size == grid.size else {
            throw ImagingError(
                .gridMismatch, subject: "label map",
                message: "The label map's grid is \(labels.grid.summary), the volume's \(grid.summary).")
        }
        let spacing = grid.spacing
        let tolerance = min(spacing.i, spacing.j, spacing.k) / 10
        for corner in grid.size.corners {
            let (a, b) = (labels.grid.affine.world(of: corner), grid.affine.world(of: corner))
            let distance = max(abs(a.x - b.x), abs(a.y - b.y), abs(a.z - b.z))
            guard distance <= tolerance else {
                throw ImagingError(
                    .gridMismatch, subject: "label map",
                    message: "The label map lies elsewhere in the patient: a corner is \(plain(distance)) mm from the "
                        + "volume's, where \(plain(tolerance)) mm are allowed.")
            }
        }
    }

    /// One entry for every label that occurs, with its volume in ml.
    func legendEntries() -> [Legend.Entry] {
        var counts = [Int](repeating: 0, count: 256)
        for value in labels.voxels { counts[Int(value)] += 1 }
        let known = scheme.labels.map(\.value)
        let others = (1...255).map(UInt8.init).filter { !known.contains($0) }
        return (known + others).filter { counts[Int($0)] > 0 }.map { value in
            let millilitres = Double(counts[Int(value)]) * labels.grid.voxelVolume
            let label = scheme.label(of: value)
            return Legend.Entry(
                name: "\(label.name) · \(plain(millilitres, digits: millilitres < 10 ? 1 : 0)) ml", color: label.color,
                fillOpacity: style.fillOpacity)
        }
    }
}

extension OverlayStyle {
    fileprivate var fillOpacity: Double {
        switch self {
        case .filled(let opacity): opacity
        case .outlined: 0
        }
    }
}
