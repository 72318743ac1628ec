import CNIfTI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension NIfTIHeader {
    /// This header's bytes for other voxels on the same grid: version, byte order, dimensions, qform, sform, codes,
    /// spacing, units and slice timing are the input's own bits.
    ///
    /// Type, scaling, offset and intent are the new voxels'; the display range and all free text are cleared, since
    /// text may name a patient. Extensions are not taken over, for the same reason.
    func bytes(holding type: NIfTIDataType, isLabelMap: Bool) -> [UInt8] {
        switch version {
        case .nifti1:
            var header = bytes.withUnsafeBytes { $0.loadUnaligned(as: nifti_1_header.self) }
            if !byteOrder.isNative { swap_nifti_header(&header, 1) }
            let blank = nifti_1_header()
            (header.data_type, header.db_name, header.aux_file) = (blank.data_type, blank.db_name, blank.aux_file)
            (header.descrip, header.intent_name) = (blank.descrip, blank.intent_name)
            (header.glmax, header.glmin, header.extents, header.session_error) = (0, 0, 0, 0)
            header.datatype = Int16(type.code)
            header.bitpix = Int16(type.bytesPerVoxel * 8)
            header.vox_offset = Float(version.firstVoxelOffset)
            (header.scl_slope, header.scl_inter, header.cal_min, header.cal_max) = (1, 0, 0, 0)
            (header.intent_p1, header.intent_p2, header.intent_p3) = (0, 0, 0)
            header.intent_code = isLabelMap ? Int16(NIFTI_INTENT_LABEL) : 0
            if !byteOrder.isNative { swap_nifti_header(&header, 1) }
            return withUnsafeBytes(of: header, Array.init)
        case .nifti2:
            var header = bytes.withUnsafeBytes { $0.loadUnaligned(as: nifti_2_header.self) }
            if !byteOrder.isNative { swap_nifti_header(&header, 2) }
            let blank = nifti_2_header()
            (header.descrip, header.aux_file, header.intent_name) = (blank.descrip, blank.aux_file, blank.intent_name)
            header.unused_str = blank.unused_str
            header.datatype = Int16(type.code)
            header.bitpix = Int16(type.bytesPerVoxel * 8)
            header.vox_offset = Int64(version.firstVoxelOffset)
            (header.scl_slope, header.scl_inter, header.cal_min, header.cal_max) = (1, 0, 0, 0)
            (header.intent_p1, header.intent_p2, header.intent_p3) = (0, 0, 0)
            header.intent_code = isLabelMap ? NIFTI_INTENT_LABEL : 0
            if !byteOrder.isNative { swap_nifti_header(&header, 2) }
            return withUnsafeBytes(of: header, Array.init)
        }
    }

    /// A new header for a grid: NIfTI-1 where its 16-bit sides suffice, else NIfTI-2; in mm, the affine as sform, and
    /// as qform too where it is a rotation with spacings.
    ///
    /// Throws `tooLarge` when libnifti gets no memory.
    static func newBytes(
        grid: Grid, holding type: NIfTIDataType, subject: String
    ) throws(ImagingError) -> (version: Version, bytes: [UInt8]) {
        _ = quietLibrary
        let dimensions = [3, Int64(grid.size.i), Int64(grid.size.j), Int64(grid.size.k), 1, 1, 1, 1]
        let qform = QuaternionForm(grid)
        let isSmall = dimensions.allSatisfy { $0 <= Int64(Int16.max) }
        func noMemory() -> ImagingError {
            ImagingError(.tooLarge, subject: subject, message: "There is no memory for a header.")
        }
        if isSmall {
            guard let new = nifti_make_new_n1_header(dimensions, Int32(type.code)) else { throw noMemory() }
            defer { free(new) }
            var header = new.pointee
            let (m, q) = (grid.affine, qform.numbers.map(Float.init))
            header.pixdim = (q[0], q[1], q[2], q[3], 0, 0, 0, 0)
            (header.quatern_b, header.quatern_c, header.quatern_d) = (q[4], q[5], q[6])
            (header.qoffset_x, header.qoffset_y, header.qoffset_z) = (q[7], q[8], q[9])
            header.srow_x = (Float(m.i.x), Float(m.j.x), Float(m.k.x), Float(m.origin.x))
            header.srow_y = (Float(m.i.y), Float(m.j.y), Float(m.k.y), Float(m.origin.y))
            header.srow_z = (Float(m.i.z), Float(m.j.z), Float(m.k.z), Float(m.origin.z))
            (header.sform_code, header.qform_code) = (1, qform.isExact ? 1 : 0)
            header.xyzt_units = CChar(NIFTI_UNITS_MM)
            header.scl_slope = 1
            header.vox_offset = Float(Version.nifti1.firstVoxelOffset)
            header.magic = (0x6E, 0x2B, 0x31, 0)
            return (.nifti1, withUnsafeBytes(of: header, Array.init))
        }
        guard let new = nifti_make_new_n2_header(dimensions, Int32(type.code)) else { throw noMemory() }
        defer { free(new) }
        var header = new.pointee
        let (m, q) = (grid.affine, qform.numbers)
        header.pixdim = (q[0], q[1], q[2], q[3], 0, 0, 0, 0)
        (header.quatern_b, header.quatern_c, header.quatern_d) = (q[4], q[5], q[6])
        (header.qoffset_x, header.qoffset_y, header.qoffset_z) = (q[7], q[8], q[9])
        header.srow_x = (m.i.x, m.j.x, m.k.x, m.origin.x)
        header.srow_y = (m.i.y, m.j.y, m.k.y, m.origin.y)
        header.srow_z = (m.i.z, m.j.z, m.k.z, m.origin.z)
        (header.sform_code, header.qform_code) = (1, qform.isExact ? 1 : 0)
        header.xyzt_units = NIFTI_UNITS_MM
        header.scl_slope = 1
        header.vox_offset = Int64(Version.nifti2.firstVoxelOffset)
        header.magic = (0x6E, 0x2B, 0x32, 0, 0x0D, 0x0A, 0x1A, 0x0A)
        return (.nifti2, withUnsafeBytes(of: header, Array.init))
    }
}

/// The rotation nearest to a grid's axes, as a NIfTI header keeps it.
private struct QuaternionForm {
    /// qfac, the three spacings, b, c, d, and the offsets: the order of the header.
    let numbers: [Double]
    /// Whether the rotation and the spacings say all that the affine does; false for sheared grids.
    let isExact: Bool

    init(_ grid: Grid) {
        let (a, spacing) = (grid.affine, grid.spacing)
        var matrix = nifti_dmat44()
        matrix.m = (
            (a.i.x, a.j.x, a.k.x, a.origin.x), (a.i.y, a.j.y, a.k.y, a.origin.y), (a.i.z, a.j.z, a.k.z, a.origin.z),
            (0, 0, 0, 1)
        )
        var (b, c, d, qfac) = (0.0, 0.0, 0.0, 1.0)
        nifti_dmat44_to_quatern(matrix, &b, &c, &d, nil, nil, nil, nil, nil, nil, &qfac)
        numbers = [qfac, spacing.i, spacing.j, spacing.k, b, c, d, a.origin.x, a.origin.y, a.origin.z]
        let back = nifti_quatern_to_dmat44(
            b, c, d, a.origin.x, a.origin.y, a.origin.z, spacing.i, spacing.j, spacing.k, qfac)
        let rotated = Affine(rows: withUnsafeBytes(of: back.m) { Array($0.bindMemory(to: Double.self)) })
        isExact = grid.size.corners.allSatisfy { corner in
            let (p, q) = (a.world(of: corner), rotated.world(of: corner))
            return max(abs(p.x - q.x), abs(p.y - q.y), abs(p.z - q.z)) <= 1e-3
        }
    }
}
