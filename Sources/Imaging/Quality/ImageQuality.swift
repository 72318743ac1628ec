#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What to know about a chest CT before believing figures made from it. Remarks, not refusals.
public struct ImageQuality: Hashable, Sendable {
    public enum Remark: Hashable, Sendable {
        /// Too few voxels are as dark as air and lung, or too few as bright as soft tissue.
        case unlikeHounsfieldUnits(air: Double, softTissue: Double)
        case singleSlice
        /// mm between slices.
        case thickSlices(Double)
        /// mm from the first slice to the last: shorter than any adult's lungs.
        case shortExtent(Double)
        /// Degrees between the grid's axes and the patient's, at most.
        case oblique(Double)
        /// The file does not say which side is left.
        case sidesUnknown
        case unitUnknown
        /// mm that qform and sform place the same voxel apart.
        case formsContradict(Double)
        /// The share by which pixdim differs from the spacing that was used.
        case pixdimContradicts(Double)
        case clamped(Int)
        case replaced(Int)
    }

    public let remarks: [Remark]
    public let histogram: HUHistogram
    /// mm between slices along the body.
    public let sliceSpacing: Double
    public let slices: Int

    /// HU of air and lung, and of blood, muscle and organs.
    public static let airRange: ClosedRange<Int16> = -1100 ... -600
    public static let softTissueRange: ClosedRange<Int16> = -50...150
    /// A chest has far more of both; a volume without them is no chest in HU.
    static let smallestShare = 0.03
    /// mm: beyond this, small lesions fall between slices.
    static let thickSliceSpacing = 5.0
    /// mm from the first slice to the last.
    static let shortestExtent = 150.0
    /// Degrees.
    static let tolerableObliqueness = 10.0

    /// `ct` is the image in the order LPS, for callers that have it.
    public init(_ image: NIfTIImage<Int16>, ct: CTVolume? = nil) {
        let volume = ct ?? image.lps()
        let geometry = image.header.geometry
        let histogram = HUHistogram(volume.voxels)
        let count = Double(volume.voxels.count)
        slices = volume.grid.size.k
        sliceSpacing = volume.grid.spacing.k
        self.histogram = histogram
        var remarks: [Remark] = []
        let air = Double(histogram.count(in: Self.airRange)) / count
        let softTissue = Double(histogram.count(in: Self.softTissueRange)) / count
        if min(air, softTissue) < Self.smallestShare {
            remarks.append(.unlikeHounsfieldUnits(air: air, softTissue: softTissue))
        }
        let extent = Double(slices) * sliceSpacing
        if slices == 1 {
            remarks.append(.singleSlice)
        } else if extent < Self.shortestExtent {
            remarks.append(.shortExtent(extent))
        }
        if sliceSpacing > Self.thickSliceSpacing { remarks.append(.thickSlices(sliceSpacing)) }
        let angle = volume.grid.obliqueness
        if angle > Self.tolerableObliqueness { remarks.append(.oblique(angle)) }
        if geometry.form == .spacingOnly { remarks.append(.sidesUnknown) }
        if geometry.unit == .unknown { remarks.append(.unitUnknown) }
        if geometry.formsContradict { remarks.append(.formsContradict(geometry.formsDifferBy ?? 0)) }
        if geometry.pixdimContradicts { remarks.append(.pixdimContradicts(geometry.pixdimDiffersBy)) }
        if image.clampedVoxels > 0 { remarks.append(.clamped(image.clampedVoxels)) }
        if image.replacedVoxels > 0 { remarks.append(.replaced(image.replacedVoxels)) }
        self.remarks = remarks
    }
}

extension ImageQuality.Remark {
    /// A stable name, for programs.
    public var code: String {
        switch self {
        case .unlikeHounsfieldUnits: "unlikeHounsfieldUnits"
        case .singleSlice: "singleSlice"
        case .thickSlices: "thickSlices"
        case .shortExtent: "shortExtent"
        case .oblique: "oblique"
        case .sidesUnknown: "sidesUnknown"
        case .unitUnknown: "unitUnknown"
        case .formsContradict: "formsContradict"
        case .pixdimContradicts: "pixdimContradicts"
        case .clamped: "clamped"
        case .replaced: "replaced"
        }
    }
}

extension ImageQuality.Remark: CustomStringConvertible {
    public var description: String {
        func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
        return switch self {
        case .unlikeHounsfieldUnits(let air, let softTissue):
            """
            The values do not look like a chest in HU: \(tenths(air * 100)) % are as dark as air and lung and \
            \(tenths(softTissue * 100)) % as bright as soft tissue. Scores that need HU cannot be trusted.
            """
        case .singleSlice: "There is one slice; volumes of lungs and lesions cannot be told from it."
        case .thickSlices(let spacing): "Slices are \(tenths(spacing)) mm apart; small lesions may lie between them."
        case .shortExtent(let extent): "The slices cover \(tenths(extent)) mm, which is less than a pair of lungs."
        case .oblique(let angle): "The slices are turned by \(tenths(angle))° against the patient's axes."
        case .sidesUnknown: "The file gives no orientation; left and right, front and back are guesses."
        case .unitUnknown: "The file does not name its unit of length; millimetres are assumed."
        case .formsContradict(let distance):
            "qform and sform place the same voxel up to \(tenths(distance)) mm apart; the sform was used."
        case .pixdimContradicts(let share):
            "The spacing in pixdim differs by \(tenths(share * 100)) % from the matrix, which was used."
        case .clamped(let count): "\(count) voxels lay outside −32768…32767 and were set to the nearest of them."
        case .replaced(let count): "\(count) voxels were not finite numbers and were replaced."
        }
    }
}

extension Grid {
    /// The largest angle, in degrees, between a grid axis and the patient's axis nearest to it.
    public var obliqueness: Double {
        zip(affine.columns, order.directions).map { column, direction in
            let cosine = abs(column[direction.worldAxis]) / (column * column).sum().squareRoot()
            return acos(min(cosine, 1)) * 180 / .pi
        }.max() ?? 0
    }
}
