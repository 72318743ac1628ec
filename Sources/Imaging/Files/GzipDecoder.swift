import CDeflate

/// Decompresses a gzip file in memory: libdeflate where the whole of a member fits, zlib for the rest.
struct GzipDecoder {
    /// Deflate's best case: 258 bytes from two bits, so no more than this many bytes from one.
    static let largestExpansion = 1032
    /// How far a stream may go on behind the last voxel. It is decompressed and thrown away, so that its check sum is
    /// still checked; a stream that goes on and on is not followed.
    static let largestTrailer = 1 << 26

    let compressed: UnsafeRawBufferPointer
    let subject: String

    /// The first bytes of the decompressed file, at most `count`.
    ///
    /// Throws `truncated` or `corruptStream` when the damage lies within them.
    func prefix(_ count: Int) throws(ImagingError) -> [UInt8] {
        var stream = try GzipStream(compressed, subject: subject)
        var bytes = [UInt8](repeating: 0, count: count)
        let progress = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(ImagingError) in
            try stream.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        if case .ended(let made) = progress { bytes.removeLast(count - made) }
        return bytes
    }

    /// Fills `output` with the first bytes of the decompressed file and checks every member that they come from.
    ///
    /// Throws `truncated` when there are fewer, `corruptStream` for damage or a wrong check sum, `malformedHeader`
    /// when the stream goes on for more than `largestTrailer` bytes.
    func decompress(into output: UnsafeMutableRawBufferPointer) throws(ImagingError) {
        guard let decompressor = libdeflate_alloc_decompressor() else {
            throw ImagingError(.tooLarge, subject: subject, message: "There is no memory to decompress the file.")
        }
        defer { libdeflate_free_decompressor(decompressor) }
        var input = compressed
        var rest = output
        while isGzip(input), !rest.isEmpty {
            var used = 0
            var made = 0
            let result = libdeflate_gzip_decompress_ex(
                decompressor, input.baseAddress, input.count, rest.baseAddress, rest.count, &used, &made)
            // Too long for the rest, or damaged: zlib reads on behind the voxels, and knows how it is damaged.
            guard result == LIBDEFLATE_SUCCESS else { return try streamed(input, into: rest) }
            input = UnsafeRawBufferPointer(rebasing: input[used...])
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[made...])
        }
        guard rest.isEmpty else { throw tooShort(missing: rest.count, of: output.count) }
    }

    /// `count` numbers that lie in the decompressed file behind `offset` bytes, as they are.
    ///
    /// The file is decompressed into the array itself and moved down over its header: half the memory, and half the
    /// page faults, of a copy. Throws as `decompress(into:)`, and `tooLarge` when there is no memory.
    func voxels<Voxel: BitwiseCopyable>(_ count: Int, after offset: Int) throws(ImagingError) -> [Voxel] {
        let width = MemoryLayout<Voxel>.stride
        let room = count + (offset + width - 1) / width
        try requireMemory(room * width, subject: subject)
        var failure: ImagingError?
        let voxels = [Voxel](unsafeUninitializedCapacity: room) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(offset + count * width)])
            adviseLargePages(bytes)
            let wait = promises(bytes.count) ? provideInBackground(bytes) : {}
            defer { wait() }
            do throws(ImagingError) {
                try decompress(into: bytes)
            } catch {
                failure = error
                return
            }
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset...]))
            initialized = count
        }
        if let failure { throw failure }
        return voxels
    }

    /// Whether the last member's own count of its bytes (RFC 1952, ISIZE) is the expected one and their ratio is that of
    /// a scan: then memory may be provided before it is filled. A file that lies about both costs what it announces,
    /// which the limits bound.
    private func promises(_ count: Int) -> Bool {
        guard compressed.count >= 18, count / 16 <= compressed.count else { return false }
        let size = compressed.loadUnaligned(fromByteOffset: compressed.count - 4, as: UInt32.self).littleEndian
        return size == UInt32(truncatingIfNeeded: count)
    }

    private func streamed(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ImagingError) {
        var stream = try GzipStream(input, subject: subject)
        if case .ended(let made) = try stream.read(into: output) {
            throw tooShort(missing: output.count - made, of: output.count)
        }
        var trailer = [UInt8](repeating: 0, count: 1 << 16)
        for _ in 0..<GzipDecoder.largestTrailer / trailer.count {
            let progress = try trailer.withUnsafeMutableBufferPointer { (buffer) throws(ImagingError) in
                try stream.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            guard progress == .filled else { return }
        }
        throw ImagingError(
            .malformedHeader, subject: subject,
            message: """
                The file goes on for more than \(GzipDecoder.largestTrailer >> 20) MiB behind the last voxel that its \
                header announces.
                """)
    }

    private func tooShort(missing: Int, of wanted: Int) -> ImagingError {
        ImagingError(
            .truncated, subject: subject,
            message: "The decompressed file ends \(missing) bytes before the last voxel that its header announces.")
    }
}
