import CDeflate
import Platform

/// Pictures as PNG (ISO/IEC 15948): 8 bits per component, grey where the picture is, else RGB; not interlaced. The same
/// picture gives the same bytes with the same libdeflate.
public enum PNG {
    /// Throws `tooLarge` where memory for the compressor is lacking.
    public static func encode(_ picture: Picture) throws(ImagingError) -> [UInt8] {
        let channels = picture.isGray ? 1 : 3
        let filtered = PNGFilter.filter(picture, channels: channels)
        var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // Bit depth 8; colour type 0 (grey) or 2 (RGB); deflate, adaptive filters, no interlacing.
        append(
            "IHDR", bigEndian(picture.width) + bigEndian(picture.height) + [8, channels == 1 ? 0 : 2, 0, 0, 0],
            to: &png)
        append("IDAT", try compress(filtered), to: &png)
        append("IEND", [], to: &png)
        return png
    }

    /// Encodes a picture into a file, durably and in one step: no reader ever sees half of it.
    ///
    /// Throws `tooLarge` as `encode`, `fileAccess` where the file cannot be written.
    public static func write(_ picture: Picture, to path: String) throws(ImagingError) {
        let png = try encode(picture)
        let name = fileName(ofPath: path)
        do {
            try DurableFile.write(to: path) { file in try png.withUnsafeBytes { try file.append($0) } }
        } catch let error as SystemCallError {
            throw ImagingError(error, subject: name)
        } catch {
            throw ImagingError(.fileAccess, subject: name, message: "The file cannot be written.", cause: "\(error)")
        }
    }

    private static func append(_ type: String, _ content: [UInt8], to png: inout [UInt8]) {
        let body = Array(type.utf8) + content
        png += bigEndian(content.count)
        png += body
        png += bigEndian(Int(libdeflate_crc32(0, body, body.count)))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// zlib (RFC 1950). Level 6 of 12: for CT, 9 takes four times as long for 3 % less, 12 seven times for 9 %.
    private static func compress(_ bytes: [UInt8]) throws(ImagingError) -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(6) else { throw noMemory(bytes.count) }
        defer { libdeflate_free_compressor(compressor) }
        let bound = libdeflate_zlib_compress_bound(compressor, bytes.count)
        let compressed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = libdeflate_zlib_compress(compressor, bytes, bytes.count, buffer.baseAddress, buffer.count)
        }
        // The bound is a promise of the library; a chunk's length has 31 bits.
        guard !compressed.isEmpty, compressed.count <= Int(Int32.max) else { throw noMemory(bytes.count) }
        return compressed
    }

    private static func noMemory(_ size: Int) -> ImagingError {
        ImagingError(
            .tooLarge, subject: "picture", message: "The picture's \(size) bytes could not be compressed into a PNG.")
    }
}

/// PNG's five row filters, chosen per row by the smallest sum of absolute differences, as the standard suggests.
private enum PNGFilter {
    static func filter(_ picture: Picture, channels: Int) -> [UInt8] {
        let rowLength = picture.width * channels
        var result: [UInt8] = []
        result.reserveCapacity((rowLength + 1) * picture.height)
        var previous = [UInt8](repeating: 0, count: rowLength)
        var row = previous
        var candidate = row
        var best = row
        for y in 0..<picture.height {
            let start = y * picture.width * 3
            if channels == 3 {
                row.replaceSubrange(0..<rowLength, with: picture.bytes[start..<start + rowLength])
            } else {
                for x in 0..<rowLength { row[x] = picture.bytes[start + x * 3] }
            }
            var bestKind = 0
            var bestSum = Int.max
            for kind in 0..<5 {
                let sum = apply(kind, row: row, previous: previous, channels: channels, into: &candidate)
                if sum < bestSum {
                    (bestKind, bestSum) = (kind, sum)
                    swap(&best, &candidate)
                }
            }
            result.append(UInt8(bestKind))
            result += best
            swap(&previous, &row)
        }
        return result
    }

    /// Filters one row; returns the sum of its differences as signed bytes.
    private static func apply(
        _ kind: Int, row: [UInt8], previous: [UInt8], channels: Int, into output: inout [UInt8]
    ) -> Int {
        var sum = 0
        for index in row.indices {
            let left = index >= channels ? row[index - channels] : 0
            let above = previous[index]
            let predicted: UInt8
            switch kind {
            case 0: predicted = 0
            case 1: predicted = left
            case 2: predicted = above
            case 3: predicted = UInt8((Int(left) + Int(above)) / 2)
            default:
                predicted = paeth(left, above, index >= channels ? previous[index - channels] : 0)
            }
            let difference = row[index] &- predicted
            output[index] = difference
            sum += Int(Int8(bitPattern: difference).magnitude)
        }
        return sum
    }

    /// The neighbour nearest to left + above − corner.
    private static func paeth(_ left: UInt8, _ above: UInt8, _ corner: UInt8) -> UInt8 {
        let distanceLeft = abs(Int(above) - Int(corner))
        let distanceAbove = abs(Int(left) - Int(corner))
        let distanceCorner = abs(Int(left) + Int(above) - 2 * Int(corner))
        if distanceLeft <= distanceAbove, distanceLeft <= distanceCorner { return left }
        return distanceAbove <= distanceCorner ? above : corner
    }
}
