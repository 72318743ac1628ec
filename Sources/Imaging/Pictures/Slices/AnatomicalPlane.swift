/// The planes in which a volume is shown, in radiological convention: the reader looks at the patient from the feet
/// (axial), from the front (coronal) and from the left (sagittal), so the patient's right is on the picture's left.
public enum AnatomicalPlane: String, Hashable, Sendable, CaseIterable {
    case axial
    case coronal
    case sagittal

    /// What lies at the picture's left, right, top and bottom edge.
    public var edges:
        (left: AnatomicalDirection, right: AnatomicalDirection, top: AnatomicalDirection, bottom: AnatomicalDirection)
    {
        switch self {
        case .axial: (.right, .left, .anterior, .posterior)
        case .coronal: (.right, .left, .superior, .inferior)
        case .sagittal: (.anterior, .posterior, .superior, .inferior)
        }
    }

    /// How many slices of this plane a volume in LPS order has.
    public func sliceCount(of size: GridSize) -> Int {
        switch self {
        case .axial: size.k
        case .coronal: size.j
        case .sagittal: size.i
        }
    }
}

/// A voxel of a volume in LPS order.
public struct VoxelIndex: Hashable, Sendable {
    public var i: Int
    public var j: Int
    public var k: Int

    public init(i: Int, j: Int, k: Int) {
        self.i = i
        self.j = j
        self.k = k
    }

    /// The slice of a plane that holds the voxel.
    public func slice(in plane: AnatomicalPlane) -> Int {
        switch plane {
        case .axial: k
        case .coronal: j
        case .sagittal: i
        }
    }
}
