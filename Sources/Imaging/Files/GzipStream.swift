import CZlib

/// zlib's view of one compressed file in memory, for what libdeflate cannot do: stop after the first bytes, and go on
/// past what fits. Several members (RFC 1952) count as one stream; what follows the last member is ignored, as gzip
/// does.
struct GzipStream: ~Copyable {
    /// What a call of `read` came to.
    enum Progress: Equatable {
        /// The buffer is full, and the stream may go on.
        case filled
        /// The stream ended after this many bytes.
        case ended(Int)
    }

    /// On the heap: zlib keeps the address and refuses a stream that has moved.
    private let stream: UnsafeMutablePointer<z_stream>
    private var remaining: UnsafeRawBufferPointer
    private let subject: String
    /// Whether inflate(3) stands between two members.
    private var isBetweenMembers = false

    /// Throws `tooLarge` when zlib gets no memory. `compressed` must outlive the stream.
    init(_ compressed: UnsafeRawBufferPointer, subject: String) throws(ImagingError) {
        remaining = compressed
        self.subject = subject
        stream = UnsafeMutablePointer.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard lt_inflate_init_gzip(stream) == Z_OK else {
            stream.deallocate()
            throw ImagingError(.tooLarge, subject: subject, message: "There is no memory to decompress the file.")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses until `buffer` is full or the stream ends.
    ///
    /// Throws `truncated` when the compressed bytes end within a member, `corruptStream` when they are damaged.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImagingError) -> Progress {
        var done = 0
        while done < buffer.count {
            if isBetweenMembers {
                guard isGzip(remaining) else { return .ended(done) }
                inflateReset(stream)
                isBetweenMembers = false
            }
            done += try step(UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
        }
        return .filled
    }

    /// One call of inflate(3); returns how many bytes it made.
    private mutating func step(_ buffer: UnsafeMutableRawBufferPointer) throws(ImagingError) -> Int {
        let input = min(remaining.count, Int(UInt32.max))
        let output = min(buffer.count, Int(UInt32.max))
        // inflate(3) does not write to its input, whatever its type says.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: remaining.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input)
        stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(output)
        let result = inflate(stream, Z_NO_FLUSH)
        let used = input - Int(stream.pointee.avail_in)
        let made = output - Int(stream.pointee.avail_out)
        remaining = UnsafeRawBufferPointer(rebasing: remaining[used...])
        switch result {
        case Z_STREAM_END:
            isBetweenMembers = true
        case Z_OK where used > 0 || made > 0:
            break
        case Z_OK, Z_BUF_ERROR:
            throw ImagingError(
                .truncated, subject: subject, message: "The compressed file ends in the middle of its data.")
        case Z_MEM_ERROR:
            throw ImagingError(.tooLarge, subject: subject, message: "There is no memory to decompress the file.")
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) }
            throw ImagingError(
                .corruptStream, subject: subject, message: "The compressed file is damaged.", cause: reason)
        }
        return made
    }
}

/// Whether the bytes start as a gzip member with deflate does.
func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 3 && bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == 8
}
