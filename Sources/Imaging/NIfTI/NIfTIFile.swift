/// NIfTI files: `.nii` and `.nii.gz`, versions 1 and 2, told apart by their content.
///
/// The format: <https://nifti.nimh.nih.gov/nifti-1/documentation>, <https://nifti.nimh.nih.gov/nifti-2>. Reading throws
/// `fileAccess`; `notNIfTI`; `malformedHeader`; `truncated`; `corruptStream`; `unsupported` for colour, complex and
/// 128-bit voxels, several volumes and `.hdr`/`.img` pairs; `tooLarge` for what exceeds the limits or the file; and
/// `notFinite` for NaN and infinite voxels, unless they are to be replaced.
public enum NIfTIFile {
    /// Reads a CT: values in HU, scaling applied, rounded to nearest (ties to even) and clamped to what Int16 holds.
    public static func read(
        _ path: String, limits: ReadLimits = .standard, nonFinite: NonFinitePolicy = .reject
    ) throws(ImagingError) -> NIfTIImage<Int16> {
        try read(.path(path), limits: limits, nonFinite: nonFinite)
    }

    /// The same of a file that may be open already.
    public static func read(
        _ source: FileSource, limits: ReadLimits = .standard, nonFinite: NonFinitePolicy = .reject
    ) throws(ImagingError) -> NIfTIImage<Int16> {
        try load(source, limits: limits, nonFinite: nonFinite).image
    }

    /// Reads a label map; throws `unsupported` unless every value is a whole number from 0 to 255.
    public static func readLabels(
        _ path: String, limits: ReadLimits = .standard
    ) throws(ImagingError) -> NIfTIImage<UInt8> {
        let (image, tally): (NIfTIImage<UInt8>, _) = try load(.path(path), limits: limits, nonFinite: .reject)
        guard tally.inexact == 0 else {
            throw ImagingError(
                .unsupported, subject: fileName(ofPath: path),
                message: "\(tally.inexact) voxels are no labels: expected whole numbers from 0 to 255.")
        }
        return image
    }

    /// Reads real numbers, scaling applied.
    public static func readFloats(
        _ path: String, limits: ReadLimits = .standard, nonFinite: NonFinitePolicy = .reject
    ) throws(ImagingError) -> NIfTIImage<Float> {
        try load(.path(path), limits: limits, nonFinite: nonFinite).image
    }

    /// Reads and checks the header alone. The voxels may still turn out to be missing or damaged.
    public static func readHeader(
        _ path: String, limits: ReadLimits = .standard
    ) throws(ImagingError) -> NIfTIHeader {
        try readHeader(.path(path), limits: limits)
    }

    /// The same of a file that may be open already.
    public static func readHeader(
        _ source: FileSource, limits: ReadLimits = .standard
    ) throws(ImagingError) -> NIfTIHeader {
        let file = try InputFile(source, maximumBytes: limits.maximumFileBytes)
        // An extension of the gzip header may hold a long name, so the start of the file may not hold the start of the
        // data; a quarter of a mebibyte does.
        let start = try file.prefix(1 << 18)
        guard start.withUnsafeBytes(isGzip) else {
            return try NIfTIHeader(bytes: Array(start.prefix(headerRoom)), subject: file.name)
        }
        let bytes = try start.withUnsafeBufferPointer { (bytes) throws(ImagingError) in
            try GzipDecoder(compressed: UnsafeRawBufferPointer(bytes), subject: file.name).prefix(headerRoom)
        }
        return try NIfTIHeader(bytes: bytes, subject: file.name)
    }

    /// Reads a CT from a file's bytes in memory, as `read` does from a file.
    package static func read(
        bytes: UnsafeRawBufferPointer, named name: String, limits: ReadLimits = .standard,
        nonFinite: NonFinitePolicy = .reject
    ) throws(ImagingError) -> NIfTIImage<Int16> {
        if isGzip(bytes) {
            return try loadCompressed(bytes, named: name, limits: limits, nonFinite: nonFinite).image
        }
        let header = try NIfTIHeader(bytes: Array(bytes.prefix(headerRoom)), subject: name)
        try limits.requireRoom(for: header, bytesPerVoxel: 2, fileBytes: bytes.count, subject: name)
        return try image(header, .memory(bytes), nonFinite: nonFinite, subject: name).image
    }

    /// Bytes that hold a header of either version.
    private static let headerRoom = 544

    private static func load<Voxel: DecodedVoxel>(
        _ source: FileSource, limits: ReadLimits, nonFinite: NonFinitePolicy
    ) throws(ImagingError) -> (image: NIfTIImage<Voxel>, tally: DecodingTally) {
        let file = try InputFile(source, maximumBytes: limits.maximumFileBytes)
        let start = try file.prefix(headerRoom)
        if start.withUnsafeBytes(isGzip) {
            let compressed = try RawRegion(byteCount: file.size, subject: file.name)
            try file.readAll(into: compressed.bytes)
            return try loadCompressed(
                UnsafeRawBufferPointer(compressed.bytes), named: file.name, limits: limits, nonFinite: nonFinite)
        }
        let header = try NIfTIHeader(bytes: start, subject: file.name)
        try limits.requireRoom(
            for: header, bytesPerVoxel: MemoryLayout<Voxel>.size, fileBytes: file.size, subject: file.name)
        return try image(header, .file(file), nonFinite: nonFinite, subject: file.name)
    }

    private static func loadCompressed<Voxel: DecodedVoxel>(
        _ bytes: UnsafeRawBufferPointer, named name: String, limits: ReadLimits, nonFinite: NonFinitePolicy
    ) throws(ImagingError) -> (image: NIfTIImage<Voxel>, tally: DecodingTally) {
        let decoder = GzipDecoder(compressed: bytes, subject: name)
        let header = try NIfTIHeader(bytes: try decoder.prefix(headerRoom), subject: name)
        try limits.requireRoom(
            for: header, bytesPerVoxel: MemoryLayout<Voxel>.size, compressedBytes: bytes.count, subject: name)
        if header.isPlain(Voxel.self) {
            let voxels: [Voxel] = try decoder.voxels(header.grid.size.voxels, after: header.voxelOffset)
            return try image(header, voxels, DecodingTally(), nonFinite: nonFinite, subject: name)
        }
        let decompressed = try RawRegion(byteCount: header.voxelOffset + header.storedByteCount, subject: name)
        try decoder.decompress(into: decompressed.bytes)
        return try image(
            header, .memory(UnsafeRawBufferPointer(decompressed.bytes)), nonFinite: nonFinite, subject: name)
    }

    private static func image<Voxel: DecodedVoxel>(
        _ header: NIfTIHeader, _ source: VoxelSource, nonFinite: NonFinitePolicy, subject: String
    ) throws(ImagingError) -> (image: NIfTIImage<Voxel>, tally: DecodingTally) {
        let replacement: Double = if case .replace(let value) = nonFinite, value.isFinite { Double(value) } else { 0 }
        let (voxels, tally): ([Voxel], _) = try source.voxels(of: header, replacement: replacement, subject: subject)
        return try image(header, voxels, tally, nonFinite: nonFinite, subject: subject)
    }

    private static func image<Voxel: DecodedVoxel>(
        _ header: NIfTIHeader, _ voxels: [Voxel], _ tally: DecodingTally, nonFinite: NonFinitePolicy, subject: String
    ) throws(ImagingError) -> (image: NIfTIImage<Voxel>, tally: DecodingTally) {
        if nonFinite == .reject, tally.notFinite > 0 {
            throw ImagingError(
                .notFinite, subject: subject,
                message: "\(tally.notFinite) of \(voxels.count) voxels are not finite numbers.")
        }
        let image = NIfTIImage(
            header: header, volume: try Volume<Voxel, AsStored>(grid: header.grid, voxels: voxels),
            clampedVoxels: tally.clamped, replacedVoxels: tally.notFinite)
        return (image, tally)
    }
}

extension ReadLimits {
    /// Throws `truncated` when an uncompressed file of `fileBytes` cannot hold the header's voxels, `tooLarge` when they
    /// exceed the limits.
    fileprivate func requireRoom(
        for header: NIfTIHeader, bytesPerVoxel: Int, fileBytes: Int, subject: String
    ) throws(ImagingError) {
        let needed = header.voxelOffset + header.storedByteCount
        guard fileBytes >= needed else {
            throw ImagingError(
                .truncated, subject: subject,
                message: "The file has \(fileBytes) bytes, but its header announces \(needed).")
        }
        try requireRoom(for: header, bytesPerVoxel: bytesPerVoxel, subject: subject)
    }

    /// The same for a compressed file; throws `tooLarge` for what no stream of that length can hold.
    fileprivate func requireRoom(
        for header: NIfTIHeader, bytesPerVoxel: Int, compressedBytes: Int, subject: String
    ) throws(ImagingError) {
        let needed = header.voxelOffset + header.storedByteCount
        let (most, overflow) = compressedBytes.multipliedReportingOverflow(by: GzipDecoder.largestExpansion)
        guard overflow || needed <= most else {
            throw ImagingError(
                .tooLarge, subject: subject,
                message: """
                    The header announces \(needed) bytes, more than a compressed file of \(compressedBytes) bytes can \
                    hold.
                    """)
        }
        try requireRoom(for: header, bytesPerVoxel: bytesPerVoxel, subject: subject)
    }

    private func requireRoom(for header: NIfTIHeader, bytesPerVoxel: Int, subject: String) throws(ImagingError) {
        let largest = max(bytesPerVoxel, header.dataType.bytesPerVoxel)
        let (bytes, overflow) = header.grid.size.voxels.multipliedReportingOverflow(by: largest)
        guard !overflow, bytes <= maximumVoxelBytes else {
            throw ImagingError(
                .tooLarge, subject: subject,
                message: """
                    The volume has \(header.grid.size.i)×\(header.grid.size.j)×\(header.grid.size.k) voxels of \
                    \(largest) bytes; at most \(maximumVoxelBytes) bytes are allowed.
                    """)
        }
    }
}
