import CDeflate

/// Compresses to one gzip member without name or time, so that the same bytes give the same file.
enum GzipEncoder {
    /// libdeflate's levels: 1 is fastest, 12 smallest.
    static let levels = 1...12

    /// Calls `body` with the compressed bytes. Throws `invalidArgument` for a level outside `levels`, `tooLarge` when
    /// there is no memory, and what `body` throws.
    static func withCompressed(
        _ bytes: UnsafeRawBufferPointer, level: Int, subject: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard levels.contains(level) else {
            throw ImagingError(
                .invalidArgument, subject: subject,
                message: "The compression level is \(level); expected \(levels.lowerBound) to \(levels.upperBound).")
        }
        guard let compressor = libdeflate_alloc_compressor(Int32(level)) else {
            throw ImagingError(.tooLarge, subject: subject, message: "There is no memory to compress the file.")
        }
        defer { libdeflate_free_compressor(compressor) }
        let room = libdeflate_gzip_compress_bound(compressor, bytes.count)
        let output = try RawRegion(byteCount: room, subject: subject)
        let count = libdeflate_gzip_compress(
            compressor, bytes.baseAddress, bytes.count, output.bytes.baseAddress, room)
        // The room is enough for any input, so 0 cannot come.
        guard count > 0 else {
            throw ImagingError(.tooLarge, subject: subject, message: "The file cannot be compressed.")
        }
        try body(UnsafeRawBufferPointer(rebasing: output.bytes[..<count]))
    }
}
