/// What a mask grows or shrinks by. Millimetres and voxels are along the volume's own axes, which are taken to be
/// perpendicular: a sheared grid (gantry tilt) sees the element sheared with it.
public enum StructuringElement: Hashable, Sendable {
    /// All voxels whose centres lie within so many mm. A centre on the surface is inside: distances are squared and
    /// compared with a relative tolerance of 1e-5, since 3 · 0.7 is not 2.1 in binary.
    case ball(radius: Double)
    /// The same in the slice's plane only.
    case disc(radius: Double)
    /// So many voxels to either side along i, j and k, corners included.
    case box(i: Int, j: Int, k: Int)
    /// So many steps from face to face: for 1, a voxel and its six neighbours.
    case cross(steps: Int)

    /// The largest reach along k, in slices.
    static let largestReach = 254
}

/// An element as three tables of costs that add up: a voxel is reached when the cost along i plus the cost along j is
/// at most what the distance along k leaves.
struct ElementProfile {
    /// Cost of a distance in voxels along i; more voxels are out of reach.
    let alongI: [Float]
    /// The same along j.
    let alongJ: [Float]
    /// What costs along i and j may add up to, by distance along k; falls.
    let allowance: [Float]

    /// Throws `invalidArgument` for a negative or infinite size, and for a reach of more than 254 slices along k.
    init(_ element: StructuringElement, spacing: Spacing, size: GridSize) throws(ImagingError) {
        func steps(_ count: Int, _ size: Int) -> Range<Int> { 0..<min(count, size - 1) + 1 }
        switch element {
        case .ball(let radius):
            self = try Self.round(radius, spacing, size)
        case .disc(let radius):
            self = try Self.round(radius, spacing, GridSize(i: size.i, j: size.j, k: 1))
        case .box(let i, let j, let k):
            guard i >= 0, j >= 0, k >= 0 else { throw Self.unusable("\(i)×\(j)×\(k) voxels") }
            self.init(
                alongI: steps(i, size.i).map { _ in 0 }, alongJ: steps(j, size.j).map { _ in 0 },
                allowance: steps(k, size.k).map { _ in 0 })
        case .cross(let count):
            guard count >= 0 else { throw Self.unusable("\(count) steps") }
            self.init(
                alongI: steps(count, size.i).map { Float($0) }, alongJ: steps(count, size.j).map { Float($0) },
                allowance: steps(count, size.k).map { Float(count - $0) })
        }
        guard allowance.count <= StructuringElement.largestReach + 1 else {
            throw ImagingError(
                .invalidArgument, subject: "structuring element",
                message: "The element reaches \(allowance.count - 1) slices, but at most "
                    + "\(StructuringElement.largestReach) are possible.")
        }
    }

    private init(alongI: [Float], alongJ: [Float], allowance: [Float]) {
        self.alongI = alongI
        self.alongJ = alongJ
        self.allowance = allowance
    }

    private static func round(
        _ radius: Double, _ spacing: Spacing, _ size: GridSize
    ) throws(ImagingError) -> ElementProfile {
        guard radius >= 0, radius.isFinite else { throw unusable("\(radius) mm") }
        let limit = radius * radius * (1 + 1e-5)
        func squares(_ spacing: Double, _ size: Int) -> [Double] {
            (0..<size).lazy.map { (Double($0) * spacing) * (Double($0) * spacing) }.prefix { $0 <= limit }.map(\.self)
        }
        return ElementProfile(
            alongI: squares(spacing.i, size.i).map { Float($0) }, alongJ: squares(spacing.j, size.j).map { Float($0) },
            allowance: squares(spacing.k, size.k).map { Float(limit - $0) })
    }

    private static func unusable(_ size: String) -> ImagingError {
        ImagingError(
            .invalidArgument, subject: "structuring element",
            message: "An element's size must be finite and not negative, but it is \(size).")
    }
}
