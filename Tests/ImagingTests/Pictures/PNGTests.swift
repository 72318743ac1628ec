import CDeflate
import Imaging
import Testing

@Suite struct PNGTests {
    /// Noise, ramps and flat areas, which call for different filters, in grey and in colour.
    private func sample(seed: UInt64) throws -> Picture {
        var random = PictureRandom(seed: seed)
        var picture = try Picture(width: 1 + random.below(40), height: 1 + random.below(40))
        let gray = seed % 2 == 0
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let ramp = UInt8(truncatingIfNeeded: x * 5 + y * 3)
                let value = y % 3 == 0 ? random.byte() : ramp
                picture[x, y] = gray ? RGB(gray: value) : RGB(value, ramp, x % 7 == 0 ? random.byte() : 7)
            }
        }
        return picture
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func decodesToTheSamePicture(seed: UInt64) throws {
        let picture = try sample(seed: seed)
        let png = try PNG.encode(picture)
        let decoded = try #require(TinyPNGDecoder(png)?.picture, "seed \(seed)")
        #expect(firstDifference(picture, decoded) == nil, "seed \(seed)")
        #expect(try PNG.encode(picture) == png)
    }

    @Test func greysTakeOneByteAPixel() throws {
        #expect(try PNG.encode(try sample(seed: 2))[25] == 0)
        #expect(try PNG.encode(try sample(seed: 3))[25] == 2)
    }
}

/// As much of a PNG decoder as judging the encoder takes: chunks with their checksums, zlib, the five filters.
private struct TinyPNGDecoder {
    let picture: Picture

    init?(_ png: [UInt8]) {
        guard Array(png.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10] else { return nil }
        var offset = 8
        var chunks: [(type: String, content: [UInt8])] = []
        while offset + 12 <= png.count {
            let length = TinyPNGDecoder.number(png, offset)
            guard offset + 12 + length <= png.count else { return nil }
            let body = Array(png[offset + 4..<offset + 8 + length])
            guard TinyPNGDecoder.crc(body) == TinyPNGDecoder.number(png, offset + 8 + length) else { return nil }
            chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
            offset += 12 + length
        }
        guard offset == png.count, chunks.map(\.type) == ["IHDR", "IDAT", "IEND"] else { return nil }
        let header = chunks[0].content
        guard header.count == 13, header[8] == 8, Array(header[10...]) == [0, 0, 0] else { return nil }
        let (width, height) = (TinyPNGDecoder.number(header, 0), TinyPNGDecoder.number(header, 4))
        let channels = header[9] == 0 ? 1 : 3
        guard let rows = TinyPNGDecoder.inflate(chunks[1].content, size: (width * channels + 1) * height),
            let bytes = TinyPNGDecoder.unfilter(rows, rowLength: width * channels, channels: channels),
            var picture = try? Picture(width: width, height: height)
        else { return nil }
        for index in 0..<width * height {
            let pixel =
                channels == 1 ? [UInt8](repeating: bytes[index], count: 3) : Array(bytes[index * 3..<index * 3 + 3])
            picture[index % width, index / width] = RGB(pixel[0], pixel[1], pixel[2])
        }
        self.picture = picture
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Bit by bit, as the standard defines it.
    private static func crc(_ bytes: [UInt8]) -> Int {
        var crc: UInt32 = .max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return Int(~crc)
    }

    private static func inflate(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        let decompressor = libdeflate_alloc_decompressor()
        defer { libdeflate_free_decompressor(decompressor) }
        var result = [UInt8](repeating: 0, count: size)
        // Without room for the actual size, success means that exactly `size` bytes came out.
        let status = libdeflate_zlib_decompress(decompressor, bytes, bytes.count, &result, size, nil)
        return status == LIBDEFLATE_SUCCESS ? result : nil
    }

    private static func unfilter(_ rows: [UInt8], rowLength: Int, channels: Int) -> [UInt8]? {
        var result: [UInt8] = []
        for start in stride(from: 0, to: rows.count, by: rowLength + 1) {
            for column in 0..<rowLength {
                let index = result.count
                let a = column >= channels ? Int(result[index - channels]) : 0
                let b = index >= rowLength ? Int(result[index - rowLength]) : 0
                let c = column >= channels && index >= rowLength ? Int(result[index - rowLength - channels]) : 0
                let predicted: Int
                switch rows[start] {
                case 0: predicted = 0
                case 1: predicted = a
                case 2: predicted = b
                case 3: predicted = (a + b) / 2
                case 4:
                    let p = a + b - c
                    predicted = [a, b, c].min { abs(p - $0) < abs(p - $1) } ?? 0
                default: return nil
                }
                result.append(rows[start + 1 + column] &+ UInt8(predicted))
            }
        }
        return result
    }
}
