/// Where a NIfTI file says its voxels lie, in mm, and how it says so.
public struct NIfTIGeometry: Hashable, Sendable {
    /// The header's three ways to place voxels in the world, in the order in which they are preferred.
    public enum Form: String, Hashable, Sendable, CaseIterable {
        /// A matrix: used when `sform_code` is above 0.
        case sform
        /// A rotation, an offset and the spacing: used when `qform_code` is above 0 and there is no sform.
        case qform
        /// The spacing alone (method 1 of the standard): axes along x, y, z. Left and right are not known.
        case spacingOnly
    }

    /// The unit that the header gives its lengths in; the grid is always in mm.
    public enum LengthUnit: String, Hashable, Sendable, CaseIterable {
        case millimetre, metre, micrometre
        /// The header does not say; millimetres are assumed, as everyone does.
        case unknown

        /// mm in one unit.
        public var millimetres: Double {
            switch self {
            case .millimetre, .unknown: 1
            case .metre: 1000
            case .micrometre: 0.001
            }
        }
    }

    /// The voxels and their place, by `form`.
    public let grid: Grid
    public let form: Form
    public let unit: LengthUnit
    /// The header's codes: what the coordinates mean (0 none, 1 scanner, 2 aligned, 3 Talairach, 4 MNI, 5 template).
    public let sformCode: Int
    public let qformCode: Int
    /// The most, in mm, that any corner of the volume lies elsewhere by the form not used; nil unless both are set.
    public let formsDifferBy: Double?
    /// The most, as a fraction, that a `pixdim` differs from the spacing of `grid`.
    public let pixdimDiffersBy: Double

    /// How far the two forms may place a corner apart: a quarter of the smallest spacing. The rounding of a quaternion
    /// kept in 32 bits moves the far corner of a chest by up to 0.1 mm; a wrong turn or shift moves it by voxels.
    public static let toleratedFraction = 0.25
    /// How far `pixdim` may differ from the spacing, as a fraction.
    public static let toleratedPixdimDifference = 0.001

    /// Whether qform and sform are both set and say different things.
    public var formsContradict: Bool {
        let spacing = grid.spacing
        return formsDifferBy.map { $0 > Self.toleratedFraction * min(spacing.i, spacing.j, spacing.k) } ?? false
    }

    public var pixdimContradicts: Bool { pixdimDiffersBy > Self.toleratedPixdimDifference }
}
