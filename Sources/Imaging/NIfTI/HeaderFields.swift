import CNIfTI

/// The fields of a NIfTI-1 or NIfTI-2 header that matter here, in this machine's byte order and as wide as the wider
/// version has them, unchecked.
struct HeaderFields {
    let version: NIfTIHeader.Version
    let byteOrder: NIfTIHeader.ByteOrder
    /// Whether voxels follow in the same file (`n+1`, `n+2`), not in an `.img` beside it.
    let isSingleFile: Bool
    let dim: [Int64]
    let datatype: Int
    let pixdim: [Double]
    let voxelOffset: Double
    let slope: Double
    let intercept: Double
    let qformCode: Int
    let sformCode: Int
    /// b, c, d, and the offsets x, y, z.
    let quaternion: [Double]
    /// Three rows of four.
    let sform: [Double]
    let units: Int
    let text: String

    /// Throws `notNIfTI` for anything that is not a NIfTI header, `malformedHeader` for a NIfTI-2 header whose line ends
    /// were changed on the way.
    init(bytes: [UInt8], subject: String) throws(ImagingError) {
        _ = quietLibrary
        let version = bytes.withUnsafeBytes { buffer in
            nifti_header_version(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        switch version {
        case 1: self.init(decoded(bytes, swap: { swap_nifti_header($0, 1) }, size: \nifti_1_header.sizeof_hdr, is: 348))
        case 2:
            self.init(decoded(bytes, swap: { swap_nifti_header($0, 2) }, size: \nifti_2_header.sizeof_hdr, is: 540))
            guard bytes[8..<12].elementsEqual([0x0D, 0x0A, 0x1A, 0x0A]) else {
                throw ImagingError(
                    .malformedHeader, subject: subject,
                    message: "The header was damaged by a transfer in text mode: line ends were converted.")
            }
        case 0:
            throw ImagingError(
                .notNIfTI, subject: subject, message: "This is an Analyze 7.5 header; expected a NIfTI file.")
        default:
            throw ImagingError(
                .notNIfTI, subject: subject,
                message: bytes.count < 348
                    ? "The file has only \(bytes.count) bytes; a NIfTI header alone has 348."
                    : "The file does not start with a NIfTI header.")
        }
    }

    private init(_ decoded: (header: nifti_1_header, byteOrder: NIfTIHeader.ByteOrder)) {
        let header = decoded.header
        version = .nifti1
        byteOrder = decoded.byteOrder
        isSingleFile = header.magic.1 == CChar(UInt8(ascii: "+"))
        dim = numbers(header.dim, of: Int16.self).map(Int64.init)
        datatype = Int(header.datatype)
        pixdim = numbers(header.pixdim, of: Float.self).map(Double.init)
        voxelOffset = Double(header.vox_offset)
        slope = Double(header.scl_slope)
        intercept = Double(header.scl_inter)
        qformCode = Int(header.qform_code)
        sformCode = Int(header.sform_code)
        quaternion = [
            header.quatern_b, header.quatern_c, header.quatern_d, header.qoffset_x, header.qoffset_y, header.qoffset_z,
        ].map(Double.init)
        sform = [header.srow_x, header.srow_y, header.srow_z].flatMap { numbers($0, of: Float.self).map(Double.init) }
        units = Int(UInt8(bitPattern: header.xyzt_units))
        text = string(header.descrip)
    }

    private init(_ decoded: (header: nifti_2_header, byteOrder: NIfTIHeader.ByteOrder)) {
        let header = decoded.header
        version = .nifti2
        byteOrder = decoded.byteOrder
        isSingleFile = header.magic.1 == CChar(UInt8(ascii: "+"))
        dim = numbers(header.dim, of: Int64.self)
        datatype = Int(header.datatype)
        pixdim = numbers(header.pixdim, of: Double.self)
        voxelOffset = Double(header.vox_offset)
        slope = header.scl_slope
        intercept = header.scl_inter
        qformCode = Int(header.qform_code)
        sformCode = Int(header.sform_code)
        quaternion = [
            header.quatern_b, header.quatern_c, header.quatern_d, header.qoffset_x, header.qoffset_y, header.qoffset_z,
        ]
        sform = [header.srow_x, header.srow_y, header.srow_z].flatMap { numbers($0, of: Double.self) }
        units = Int(header.xyzt_units)
        text = string(header.descrip)
    }
}

/// libnifti writes to stderr unless told not to; a library must not. Set once, before the first use.
let quietLibrary: Void = nifti_set_debug_level(0)

/// A header from its first bytes, swapped to this machine's order where `sizeof_hdr` is not `expected`.
///
/// `bytes` must be at least as long as `Header`, which `nifti_header_version` has checked.
private func decoded<Header: BitwiseCopyable>(
    _ bytes: [UInt8], swap: (UnsafeMutableRawPointer) -> Void, size: KeyPath<Header, Int32>, is expected: Int32
) -> (header: Header, byteOrder: NIfTIHeader.ByteOrder) {
    var header = bytes.withUnsafeBytes { $0.loadUnaligned(as: Header.self) }
    if header[keyPath: size] == expected { return (header, .native) }
    swap(&header)
    return (header, NIfTIHeader.ByteOrder.native == .littleEndian ? .bigEndian : .littleEndian)
}

extension NIfTIHeader.ByteOrder {
    /// This machine's.
    static var native: Self { 1.littleEndian == 1 ? .littleEndian : .bigEndian }
}

/// A C array, which Swift sees as a tuple.
private func numbers<Tuple: BitwiseCopyable, Number: BitwiseCopyable>(_ tuple: Tuple, of: Number.Type) -> [Number] {
    withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: Number.self)) }
}

/// A C string of fixed room, which may fill it to the last byte. Control characters become spaces: the text may end up
/// on a terminal.
private func string<Tuple: BitwiseCopyable>(_ tuple: Tuple) -> String {
    let bytes = withUnsafeBytes(of: tuple) { $0.prefix { $0 != 0 }.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 } }
    return String(decoding: bytes, as: UTF8.self)
}
