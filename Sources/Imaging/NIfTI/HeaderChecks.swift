import CNIfTI

extension NIfTIHeader {
    /// Reads and checks a header from the first bytes of a (decompressed) file; 544 bytes hold either version.
    ///
    /// Throws `notNIfTI`, `malformedHeader` or `unsupported`; the messages name the field and its value.
    init(bytes: [UInt8], subject: String) throws(ImagingError) {
        let fields = try HeaderFields(bytes: bytes, subject: subject)
        guard fields.isSingleFile else {
            throw ImagingError(
                .unsupported, subject: subject,
                message: "The voxels are in a second file (.hdr and .img); convert the pair to one .nii file.")
        }
        let dimensions = try Self.checkedDimensions(fields.dim, subject: subject)
        version = fields.version
        byteOrder = fields.byteOrder
        self.dimensions = dimensions
        dataType = try NIfTIDataType(code: fields.datatype, subject: subject)
        scaling = try Self.checkedScaling(fields, subject: subject)
        voxelOffset = try Self.checkedOffset(fields, subject: subject)
        pixdim = fields.pixdim
        geometry = try NIfTIGeometry(fields, dimensions: dimensions, subject: subject)
        text = fields.text
        self.bytes = Array(bytes.prefix(fields.version.headerBytes))
        let voxelBytes = geometry.grid.size.voxels.multipliedReportingOverflow(by: dataType.bytesPerVoxel)
        guard !voxelBytes.overflow, !voxelBytes.partialValue.addingReportingOverflow(voxelOffset).overflow else {
            throw ImagingError(
                .tooLarge, subject: subject, message: "The header announces more voxels than can be counted.")
        }
    }

    /// The sizes of the dimensions that are there: 2 to 7, of which those beyond the third have one element.
    private static func checkedDimensions(_ dim: [Int64], subject: String) throws(ImagingError) -> [Int] {
        guard let count = dim.first, (1...7).contains(count), dim.count == 8 else {
            throw ImagingError(
                .malformedHeader, subject: subject,
                message: "The header gives the number of dimensions as \(dim.first ?? 0); expected 2 to 7.")
        }
        let sizes = dim[1...Int(count)]
        guard sizes.allSatisfy({ $0 >= 1 }) else {
            throw ImagingError(
                .malformedHeader, subject: subject,
                message: "The header gives the size \(description(sizes)); every side must be at least 1.")
        }
        guard count >= 2 else {
            throw ImagingError(
                .unsupported, subject: subject, message: "The file holds one row of \(sizes[1]) numbers, not an image.")
        }
        guard sizes.dropFirst(3).allSatisfy({ $0 == 1 }) else {
            throw ImagingError(
                .unsupported, subject: subject,
                message: "The file holds several volumes (\(description(sizes))); expected one.")
        }
        guard sizes.allSatisfy({ $0 <= Int64(Int32.max) }) else {
            throw ImagingError(
                .tooLarge, subject: subject, message: "No volume is as large as \(description(sizes)) voxels.")
        }
        return sizes.map(Int.init)
    }

    private static func description(_ sizes: some Sequence<Int64>) -> String {
        sizes.map(String.init).joined(separator: "×")
    }

    /// The scaling, or nil for slope 0, which means none, as NaN does in nibabel's files, and for the identity.
    private static func checkedScaling(_ fields: HeaderFields, subject: String) throws(ImagingError) -> Scaling? {
        if fields.slope == 0 || fields.slope.isNaN { return nil }
        guard fields.slope.isFinite, fields.intercept.isFinite else {
            throw ImagingError(
                .malformedHeader, subject: subject,
                message: "The header scales values by \(fields.slope) and adds \(fields.intercept).")
        }
        if fields.slope == 1, fields.intercept == 0 { return nil }
        return Scaling(slope: fields.slope, intercept: fields.intercept)
    }

    /// The largest offset that is believed: a NIfTI-1 header has it as a 32-bit float, exact up to here.
    private static let largestOffset = 1 << 28

    private static func checkedOffset(_ fields: HeaderFields, subject: String) throws(ImagingError) -> Int {
        let offset = fields.voxelOffset
        guard offset >= Double(fields.version.headerBytes), offset <= Double(largestOffset),
            offset == offset.rounded(.towardZero)
        else {
            throw ImagingError(
                .malformedHeader, subject: subject,
                message: """
                    The header says that voxels start at byte \(offset); expected a whole number from \
                    \(fields.version.headerBytes) to \(largestOffset).
                    """)
        }
        return Int(offset)
    }
}
