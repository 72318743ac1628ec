import CNIfTI

extension NIfTIGeometry {
    /// Spacings, in mm, that a scan of a body can have.
    static let believableSpacing = 0.01...100.0
    /// The least share of its box that a voxel may fill: axes nearly in one plane have no honest voxel volume. A gantry
    /// tilted by 30° leaves 0.87.
    static let smallestVolumeShare = 0.1

    /// Places the voxels as the header says. Throws `malformedHeader` when it says so in numbers that no scan has.
    init(_ fields: HeaderFields, dimensions: [Int], subject: String) throws(ImagingError) {
        unit = try Self.unit(code: fields.units & 7, subject: subject)
        for (name, code) in [("qform", fields.qformCode), ("sform", fields.sformCode)] where !(0...5).contains(code) {
            throw ImagingError(
                .malformedHeader, subject: subject, message: "The header's \(name)_code is \(code); expected 0 to 5.")
        }
        qformCode = fields.qformCode
        sformCode = fields.sformCode
        let spacing = try Self.pixelSpacing(fields, axes: min(dimensions.count, 3), unit: unit, subject: subject)
        let qform = try qformCode > 0 ? Self.qformAffine(fields, spacing: spacing, unit: unit, subject: subject) : nil
        let sform = try sformCode > 0 ? Self.sformAffine(fields, spacing: spacing, unit: unit, subject: subject) : nil
        let spacingOnly = Affine(order: .ras, spacing: spacing)
        form = sform != nil ? .sform : qform != nil ? .qform : .spacingOnly
        let affine = sform ?? qform ?? spacingOnly
        let size = GridSize(i: dimensions[0], j: dimensions[1], k: dimensions.count > 2 ? dimensions[2] : 1)
        grid = try Self.checkedGrid(size, affine, form: form, subject: subject)
        if let sform, let qform {
            formsDifferBy = size.corners.map { distance(sform.world(of: $0), qform.world(of: $0)) }.max()
        } else {
            formsDifferBy = nil
        }
        let actual = grid.spacing
        let pairs = [(spacing.i, actual.i), (spacing.j, actual.j), (spacing.k, actual.k)]
        pixdimDiffersBy = pairs.prefix(dimensions.count).map { abs($0 / $1 - 1) }.max() ?? 0
    }

    private static func unit(code: Int, subject: String) throws(ImagingError) -> LengthUnit {
        switch Int32(code) {
        case NIFTI_UNITS_UNKNOWN: return .unknown
        case NIFTI_UNITS_METER: return .metre
        case NIFTI_UNITS_MM: return .millimetre
        case NIFTI_UNITS_MICRON: return .micrometre
        default:
            throw ImagingError(
                .malformedHeader, subject: subject,
                message: "The header gives lengths in an unknown unit (code \(code)); expected mm, m or µm.")
        }
    }

    /// `pixdim[1...3]` in mm. A plane has no third spacing: what the header says is taken when it makes sense, else 1 mm.
    private static func pixelSpacing(
        _ fields: HeaderFields, axes: Int, unit: LengthUnit, subject: String
    ) throws(ImagingError) -> Spacing {
        var spacing = fields.pixdim[1...3].map { $0 * unit.millimetres }
        if axes < 3, !believableSpacing.contains(spacing[2]) { spacing[2] = 1 }
        for value in spacing where !believableSpacing.contains(value) {
            throw ImagingError(
                .malformedHeader, subject: subject,
                message: """
                    The header gives the spacing \(spacing.map { "\($0)" }.joined(separator: " × ")) mm; expected \
                    \(believableSpacing.lowerBound) to \(believableSpacing.upperBound) mm along each axis.
                    """)
        }
        return Spacing(i: spacing[0], j: spacing[1], k: spacing[2])
    }

    /// Method 2 of the standard: the rotation of a unit quaternion, the third axis flipped when `pixdim[0]` is −1.
    private static func qformAffine(
        _ fields: HeaderFields, spacing: Spacing, unit: LengthUnit, subject: String
    ) throws(ImagingError) -> Affine {
        let q = fields.quaternion
        let length = q[0] * q[0] + q[1] * q[1] + q[2] * q[2]
        guard q.allSatisfy(\.isFinite), length <= 1.0001, fields.pixdim[0].isFinite else {
            throw ImagingError(
                .malformedHeader, subject: subject,
                message: "The header's qform is no rotation: quaternion \(q[0]), \(q[1]), \(q[2]), offset \(q[3...]).")
        }
        let mm = unit.millimetres
        let matrix = nifti_quatern_to_dmat44(
            q[0], q[1], q[2], q[3] * mm, q[4] * mm, q[5] * mm, spacing.i, spacing.j, spacing.k,
            fields.pixdim[0] < 0 ? -1 : 1)
        let rows = withUnsafeBytes(of: matrix.m) { Array($0.bindMemory(to: Double.self)) }
        return Affine(rows: rows)
    }

    /// Method 3 of the standard: the matrix as it is. The third axis of a plane may be missing from it.
    private static func sformAffine(
        _ fields: HeaderFields, spacing: Spacing, unit: LengthUnit, subject: String
    ) throws(ImagingError) -> Affine {
        guard fields.sform.allSatisfy(\.isFinite) else {
            throw ImagingError(
                .malformedHeader, subject: subject, message: "The header's sform holds numbers that are not finite.")
        }
        var affine = Affine(rows: fields.sform.map { $0 * unit.millimetres })
        if fields.dim[0] == 2, affine.k == .zero {
            let normal = cross(affine.i, affine.j)
            let length = (normal * normal).sum().squareRoot()
            if length > 0 { affine.k = normal / length * spacing.k }
        }
        return affine
    }

    private static func checkedGrid(
        _ size: GridSize, _ affine: Affine, form: Form, subject: String
    ) throws(ImagingError) -> Grid {
        let lengths = affine.columns.map { ($0 * $0).sum().squareRoot() }
        let share = abs(affine.determinant) / (lengths[0] * lengths[1] * lengths[2])
        guard lengths.allSatisfy(believableSpacing.contains), share >= smallestVolumeShare else {
            throw ImagingError(
                .malformedHeader, subject: subject,
                message: """
                    The header's \(form.rawValue) gives axes of \(lengths.map { "\($0)" }.joined(separator: " × ")) mm \
                    per voxel that span \(share) of their box; expected \(believableSpacing.lowerBound) to \
                    \(believableSpacing.upperBound) mm and at least \(smallestVolumeShare).
                    """)
        }
        do {
            return try Grid(size: size, affine: affine)
        } catch {
            // Everything but a product of the sides that cannot be counted was checked above.
            throw ImagingError(.tooLarge, subject: subject, message: error.message)
        }
    }
}

extension Affine {
    /// From the first three rows of the matrix, one after the other.
    init(rows r: [Double]) {
        self.init(i: [r[0], r[4], r[8]], j: [r[1], r[5], r[9]], k: [r[2], r[6], r[10]], origin: [r[3], r[7], r[11]])
    }
}

extension GridSize {
    /// The centres of the eight corner voxels.
    var corners: [GridPoint] {
        [0, i - 1].flatMap { i in
            [0, j - 1].flatMap { j in [0, k - 1].map { k in GridPoint(i: Double(i), j: Double(j), k: Double(k)) } }
        }
    }
}

private func distance(_ a: WorldPoint, _ b: WorldPoint) -> Double {
    let d = SIMD3(a.x - b.x, a.y - b.y, a.z - b.z)
    return (d * d).sum().squareRoot()
}

private func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}
