import CNIfTI
import Platform

/// What voxels can be written as.
public protocol WritableVoxel: VoxelValue {
    static var niftiType: NIfTIDataType { get }
}
extension UInt8: WritableVoxel { public static var niftiType: NIfTIDataType { .uint8 } }
extension Int16: WritableVoxel { public static var niftiType: NIfTIDataType { .int16 } }
extension Int32: WritableVoxel { public static var niftiType: NIfTIDataType { .int32 } }
extension Float: WritableVoxel { public static var niftiType: NIfTIDataType { .float32 } }

/// How files are written.
public struct WriteOptions: Hashable, Sendable {
    /// For `.nii.gz`, 1 (fastest, on all cores) to 12 (smallest, libdeflate's level).
    public var compressionLevel: Int

    public init(compressionLevel: Int = 1) {
        self.compressionLevel = compressionLevel
    }

    public static let standard = WriteOptions()
}

extension NIfTIFile {
    /// Writes a label map on the grid that `header` was read with: in that file's own voxel order, version and byte
    /// order, its qform, sform, codes, spacing and units bit for bit, values unscaled, nothing of its free text.
    ///
    /// A name that ends in `.gz` is compressed. The file appears under its name whole and durable, or not at all
    /// (temporary file, fsync, rename, fsync of the folder); then its header is read again and compared. Throws
    /// `gridMismatch` when the labels' grid is not the header's in LPS, `fileAccess`, `tooLarge` when there is no
    /// memory, `invalidArgument` for a level that libdeflate does not have, `notVerified` when the header that was
    /// read again is not the one that was written; the file is then in place.
    public static func write(
        labels: LabelVolume, on header: NIfTIHeader, to path: String, options: WriteOptions = .standard
    ) throws(ImagingError) {
        try write(labels, on: header, isLabelMap: true, to: path, options: options)
    }

    /// Writes values on the grid that `header` was read with, as a label map is written.
    public static func write<Voxel: WritableVoxel>(
        _ volume: Volume<Voxel, LPS>, on header: NIfTIHeader, to path: String, options: WriteOptions = .standard
    ) throws(ImagingError) {
        try write(volume, on: header, isLabelMap: false, to: path, options: options)
    }

    /// Writes a volume with a header of its own: NIfTI-1 where its 16-bit sides suffice, else NIfTI-2; little-endian,
    /// mm, both codes 1 (scanner), no qform for a sheared grid. Throws as the others do, but for `gridMismatch`.
    public static func write<Voxel: WritableVoxel, Axes: VoxelAxes>(
        _ volume: Volume<Voxel, Axes>, to path: String, options: WriteOptions = .standard
    ) throws(ImagingError) {
        let (version, bytes) = try NIfTIHeader.newBytes(
            grid: volume.grid, holding: Voxel.niftiType, subject: fileName(ofPath: path))
        try write(bytes, version, volume.voxels, swapped: false, to: path, options: options)
        try verify(path, header: bytes)
    }

    private static func write<Voxel: WritableVoxel>(
        _ volume: Volume<Voxel, LPS>, on header: NIfTIHeader, isLabelMap: Bool, to path: String, options: WriteOptions
    ) throws(ImagingError) {
        let stored = try volume.stored(in: header.grid.order)
        guard stored.grid.coincides(with: header.grid) else {
            throw ImagingError(
                .gridMismatch, subject: fileName(ofPath: path),
                message: """
                    The volume (\(stored.grid.summary)) does not lie on the grid of the file that it belongs to \
                    (\(header.grid.summary)).
                    """)
        }
        let bytes = header.bytes(holding: Voxel.niftiType, isLabelMap: isLabelMap)
        try write(
            bytes, header.version, stored.voxels, swapped: !header.byteOrder.isNative, to: path, options: options)
        try verify(path, header: bytes)
    }

    private static func write<Voxel: WritableVoxel>(
        _ header: [UInt8], _ version: NIfTIHeader.Version, _ voxels: [Voxel], swapped: Bool, to path: String,
        options: WriteOptions
    ) throws(ImagingError) {
        let name = fileName(ofPath: path)
        // Four zeros: no extensions follow.
        let start = header + [0, 0, 0, 0]
        precondition(start.count == version.firstVoxelOffset, "a header has its version's length")
        do {
            let isCompressed = name.lowercased().hasSuffix(".gz")
            let isFast = options.compressionLevel == WriteOptions.standard.compressionLevel
            if swapped || (isCompressed && !isFast) {
                let content = try contiguous(start, voxels, swapped: swapped, subject: name)
                let bytes = UnsafeRawBufferPointer(content.bytes)
                if isCompressed {
                    try GzipEncoder.withCompressed(bytes, level: options.compressionLevel, subject: name) { bytes in
                        try DurableFile.write(to: path) { try $0.append(bytes) }
                    }
                } else {
                    try DurableFile.write(to: path) { try $0.append(bytes) }
                }
            } else {
                // The voxels as they lie in memory, without a copy.
                try start.withUnsafeBytes { start in
                    try voxels.withUnsafeBytes { voxels in
                        try DurableFile.write(to: path) { file in
                            if isCompressed {
                                try BlockGzipEncoder.compress([start, voxels], subject: name) { try file.append($0) }
                            } else {
                                try file.append(start)
                                try file.append(voxels)
                            }
                        }
                    }
                }
            }
        } catch let error as ImagingError {
            throw error
        } catch let error as SystemCallError {
            throw ImagingError(error, subject: name)
        } catch {
            throw ImagingError(.fileAccess, subject: name, message: "The file cannot be written.", cause: "\(error)")
        }
    }

    /// Header and voxels one after the other, as they will lie in the file.
    private static func contiguous<Voxel: WritableVoxel>(
        _ start: [UInt8], _ voxels: [Voxel], swapped: Bool, subject: String
    ) throws(ImagingError) -> RawRegion {
        let width = MemoryLayout<Voxel>.size
        let content = try RawRegion(byteCount: start.count + voxels.count * width, subject: subject)
        content.bytes.copyBytes(from: start)
        let body = UnsafeMutableRawBufferPointer(rebasing: content.bytes[start.count...])
        voxels.withUnsafeBytes { body.copyMemory(from: $0) }
        if swapped { nifti_swap_Nbytes(Int64(voxels.count), Int32(width), body.baseAddress) }
        return content
    }

    /// The header in the file must be the one that was meant, to the bit: then so is the geometry.
    private static func verify(_ path: String, header: [UInt8]) throws(ImagingError) {
        let name = fileName(ofPath: path)
        let expected = try NIfTIHeader(bytes: header, subject: name)
        let found = try readHeader(path)
        guard found.bytes == expected.bytes, found.geometry == expected.geometry else {
            throw ImagingError(
                .notVerified, subject: name,
                message: """
                    The file was written on the grid \(expected.grid.summary), but reads back as \
                    \(found.grid.summary).
                    """)
        }
    }
}

extension Grid {
    /// How far, in mm, corners may lie apart in grids that count as one: rounding, never a shift that anyone made.
    static let coincidenceTolerance = 1e-3

    /// Whether two grids have the same voxels at the same places, within rounding.
    public func coincides(with other: Grid) -> Bool {
        size == other.size
            && size.corners.allSatisfy { corner in
                let (p, q) = (affine.world(of: corner), other.affine.world(of: corner))
                return max(abs(p.x - q.x), abs(p.y - q.y), abs(p.z - q.z)) <= Grid.coincidenceTolerance
            }
    }

    /// Size, order, spacing and origin, for messages.
    var summary: String {
        func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        let origin = [affine.origin.x, affine.origin.y, affine.origin.z].map(short).joined(separator: ", ")
        let steps = [spacing.i, spacing.j, spacing.k].map(short).joined(separator: "×")
        return "\(size.i)×\(size.j)×\(size.k) voxels, \(order), \(steps) mm, origin \(origin)"
    }
}
