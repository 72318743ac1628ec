import CDeflate
import CZlib

/// Compresses blocks on all cores to one gzip member without name or time: what pigz does.
///
/// zlib's fastest level, since its blocks can be joined, which libdeflate's cannot; on label maps, whose long runs it passes
/// sooner, it is faster on a single core too. Blocks have one size, so the bytes do not depend on the number of cores.
enum BlockGzipEncoder {
    /// Large enough that starting anew, without what came before, costs less than a thousandth in size.
    private static let blockBytes = 2 << 20

    /// Calls `body` with the compressed bytes of all parts one after the other, a piece at a time. Throws `tooLarge` when
    /// there is no memory, and what `body` throws.
    static func compress(
        _ parts: [UnsafeRawBufferPointer], subject: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let blocks = parts.flatMap { part in
            stride(from: 0, to: part.count, by: blockBytes).map { start in
                UnsafeRawBufferPointer(rebasing: part[start..<min(start + blockBytes, part.count)])
            }
        }
        let room = Int(compressBound(uLong(blockBytes))) + 64
        // Only what is written becomes memory.
        let output = try RawRegion(byteCount: max(1, blocks.count) * room, subject: subject)
        var lengths = [Int](repeating: 0, count: blocks.count)
        var checksums = [UInt32](repeating: 0, count: blocks.count)
        lengths.withUnsafeMutableBufferPointer { lengths in
            checksums.withUnsafeMutableBufferPointer { checksums in
                let (lengths, checksums) = (lengths, checksums)
                Parallel.loop(blocks.count) { index in
                    let target = UnsafeMutableRawBufferPointer(
                        rebasing: output.bytes[index * room..<(index + 1) * room])
                    lengths[index] = deflated(blocks[index], isLast: index == blocks.count - 1, into: target)
                    checksums[index] = libdeflate_crc32(0, blocks[index].baseAddress, blocks[index].count)
                }
            }
        }
        guard !blocks.isEmpty, !lengths.contains(0) else {
            throw ImagingError(.tooLarge, subject: subject, message: "There is no memory to compress the file.")
        }
        // Magic, deflate, no flags, no time, fastest, unknown system.
        try ([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255] as [UInt8]).withUnsafeBytes(body)
        for (index, length) in lengths.enumerated() {
            try body(UnsafeRawBufferPointer(rebasing: output.bytes[index * room..<index * room + length]))
        }
        let checksum = zip(checksums, blocks).reduce(uLong(0)) { crc32_combine($0, uLong($1.0), $1.1.count) }
        let count = blocks.reduce(0) { $0 + $1.count }
        try [UInt32(truncatingIfNeeded: checksum).littleEndian, UInt32(truncatingIfNeeded: count).littleEndian]
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
}
