import CDeflate
import CZlib

/// Compresses blocks on all cores to one gzip member without name or time: what pigz does.
///
/// For label maps, whose long runs zlib's fastest level passes sooner than libdeflate's. Blocks have one size, so the bytes do
/// not depend on the number of cores.
enum BlockGzipEncoder {
    /// Large enough that starting anew, without what came before, costs less than a thousandth in size.
    private static let blockBytes = 2 << 20

    /// Calls `body` with the compressed bytes, a piece at a time. Throws `tooLarge` when there is no memory, and what `body`
    /// throws.
    static func compress(
        _ bytes: UnsafeRawBufferPointer, subject: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let count = max(1, (bytes.count + blockBytes - 1) / blockBytes)
        let room = Int(compressBound(uLong(blockBytes))) + 64
        let output = try RawRegion(byteCount: count * room, subject: subject)
        var lengths = [Int](repeating: 0, count: count)
        var checksums = [UInt32](repeating: 0, count: count)
        lengths.withUnsafeMutableBufferPointer { lengths in
            checksums.withUnsafeMutableBufferPointer { checksums in
                let (lengths, checksums) = (lengths, checksums)
                Parallel.loop(count) { index in
                    let block = UnsafeRawBufferPointer(
                        rebasing: bytes[index * blockBytes..<min((index + 1) * blockBytes, bytes.count)])
                    let target = UnsafeMutableRawBufferPointer(
                        rebasing: output.bytes[index * room..<(index + 1) * room])
                    lengths[index] = deflated(block, isLast: index == count - 1, into: target)
                    checksums[index] = libdeflate_crc32(0, block.baseAddress, block.count)
                }
            }
        }
        guard !lengths.contains(0) else {
            throw ImagingError(.tooLarge, subject: subject, message: "There is no memory to compress the file.")
        }
        // Magic, deflate, no flags, no time, fastest, unknown system.
        try ([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255] as [UInt8]).withUnsafeBytes(body)
        for (index, length) in lengths.enumerated() {
            try body(UnsafeRawBufferPointer(rebasing: output.bytes[index * room..<index * room + length]))
        }
        try [
            combined(checksums, bytes: bytes.count).littleEndian, UInt32(truncatingIfNeeded: bytes.count).littleEndian,
        ]
        .withUnsafeBytes(body)
    }

    /// A block as deflate data that ends on a byte; 0 when zlib has no memory.
    private static func deflated(
        _ block: UnsafeRawBufferPointer, isLast: Bool, into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        var stream = z_stream()
        guard lt_deflate_init_raw(&stream, 1) == Z_OK else { return 0 }
        defer { deflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: block.bindMemory(to: Bytef.self).baseAddress)
        stream.avail_in = uInt(block.count)
        stream.next_out = target.bindMemory(to: Bytef.self).baseAddress
        stream.avail_out = uInt(target.count)
        let status = deflate(&stream, isLast ? Z_FINISH : Z_FULL_FLUSH)
        // The room is enough for any input, so a block that did not fit cannot come.
        guard status == (isLast ? Z_STREAM_END : Z_OK), stream.avail_in == 0 else { return 0 }
        return target.count - Int(stream.avail_out)
    }

    /// The checksum of all blocks one after the other.
    private static func combined(_ checksums: [UInt32], bytes: Int) -> UInt32 {
        var result: uLong = 0
        for (index, checksum) in checksums.enumerated() {
            let length = min(blockBytes, bytes - index * blockBytes)
            result = crc32_combine(result, uLong(checksum), max(0, length))
        }
        return UInt32(truncatingIfNeeded: result)
    }
}
