/// One slice of a volume as it is looked at: rows from top to bottom, the patient's right (or front) at the left.
public struct PlaneSlice<Voxel: VoxelValue>: Sendable {
    public let plane: AnatomicalPlane
    public let index: Int
    public let width: Int
    public let height: Int
    /// mm between the centres of neighbouring columns and rows.
    public let spacing: (x: Double, y: Double)
    /// `width·height` values, row after row.
    public let values: [Voxel]

    /// The same slice with other values. Throws `gridMismatch` unless there are `width·height` of them.
    public func replacing<Other: VoxelValue>(_ values: [Other]) throws(ImagingError) -> PlaneSlice<Other> {
        guard values.count == self.values.count else {
            throw ImagingError(
                .gridMismatch, subject: "slice",
                message: "A slice of \(width)×\(height) has \(width * height) values, not \(values.count).")
        }
        return PlaneSlice<Other>(
            plane: plane, index: index, width: width, height: height, spacing: spacing, values: values)
    }

    fileprivate init(
        plane: AnatomicalPlane, index: Int, width: Int, height: Int, spacing: (x: Double, y: Double), values: [Voxel]
    ) {
        self.plane = plane
        self.index = index
        self.width = width
        self.height = height
        self.spacing = spacing
        self.values = values
    }
}

extension Volume where Axes == LPS {
    /// The slice at an index along the plane's normal, counted from the feet, the front or the patient's right.
    ///
    /// Throws `invalidArgument` where the volume has no such slice.
    public func slice(_ plane: AnatomicalPlane, at index: Int) throws(ImagingError) -> PlaneSlice<Voxel> {
        let size = grid.size
        let spacing = grid.spacing
        let count = plane.sliceCount(of: size)
        guard (0..<count).contains(index) else {
            throw ImagingError(
                .invalidArgument, subject: "\(plane.rawValue) slice",
                message: "The volume has the \(plane.rawValue) slices 0 to \(count - 1), but not \(index).")
        }
        let rowStride = size.i
        let planeStride = size.i * size.j
        switch plane {
        case .axial:
            let start = index * planeStride
            return PlaneSlice(
                plane: plane, index: index, width: size.i, height: size.j, spacing: (spacing.i, spacing.j),
                values: Array(voxels[start..<start + planeStride]))
        case .coronal:
            var values: [Voxel] = []
            values.reserveCapacity(size.i * size.k)
            for k in (0..<size.k).reversed() {
                let start = k * planeStride + index * rowStride
                values += voxels[start..<start + size.i]
            }
            return PlaneSlice(
                plane: plane, index: index, width: size.i, height: size.k, spacing: (spacing.i, spacing.k),
                values: values)
        case .sagittal:
            var values: [Voxel] = []
            values.reserveCapacity(size.j * size.k)
            for k in (0..<size.k).reversed() {
                for j in 0..<size.j { values.append(voxels[k * planeStride + j * rowStride + index]) }
            }
            return PlaneSlice(
                plane: plane, index: index, width: size.j, height: size.k, spacing: (spacing.j, spacing.k),
                values: values)
        }
    }
}
