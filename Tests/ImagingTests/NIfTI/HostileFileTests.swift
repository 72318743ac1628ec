import CDeflate
import Foundation
import Imaging
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Damaged and hostile files: each gives a typed error or a volume of the size and in the place that a scan can have,
/// and memory stays within the limit.
@Suite(.serialized) struct HostileFileTests {
    /// 8 MiB of voxels.
    private static let limits = ReadLimits(maximumVoxelBytes: 1 << 23, maximumFileBytes: 1 << 23)
    private static let bases = NIfTIGoldenCase.readable.filter {
        ["sform LPS", "qform RAS", "oblique 20 NIfTI-2", "float32 big scaled", "several gzip members"].contains($0.name)
    }

    /// Every byte of every header, set to 0, 255, with one bit turned and to a random value.
    @Test func mutatedHeaders() throws {
        var generator = SplitMix(seed: 1)
        var read = 0
        var refused = 0
        for base in Self.bases {
            let plain = try decompressed(base.file)
            for position in 0..<min(plain.count, 544) {
                let turned = plain[position] ^ (1 << generator.next(below: 8))
                for change in [0, 255, turned, UInt8(generator.next(below: 256))] {
                    var bytes = plain
                    bytes[position] = change
                    if try outcome(of: bytes, "\(base.name), byte \(position) = \(change)") {
                        read += 1
                    } else {
                        refused += 1
                    }
                }
            }
        }
        // Most bytes are free text or beyond the fields that matter; a good share must be refused.
        #expect(read > 1000)
        #expect(refused > 500)
    }

    /// Several changes at once, in the header, the voxels or the compressed stream, and files cut anywhere.
    @Test(arguments: 0..<400 as Range<UInt64>)
    func mutatedFiles(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        let base = Self.bases[generator.next(below: Self.bases.count)]
        var bytes = generator.next(below: 2) == 0 ? [UInt8](base.file) : try decompressed(base.file)
        for _ in 0...generator.next(below: 6) {
            switch generator.next(below: 5) {
            case 0: bytes.removeLast(min(bytes.count, generator.next(below: 200)))
            case 1: bytes += (0..<generator.next(below: 100)).map { _ in UInt8(generator.next(below: 256)) }
            case 2 where !bytes.isEmpty: bytes.remove(at: generator.next(below: bytes.count))
            default:
                guard !bytes.isEmpty else { break }
                bytes[generator.next(below: bytes.count)] = UInt8(generator.next(below: 256))
            }
        }
        if generator.next(below: 2) == 0 { bytes = compressed(bytes) }
        _ = try outcome(of: bytes, "seed \(seed)")
    }

    /// Headers that announce far more than there is, and streams that never end.
    @Test func memoryStaysWithinTheLimit() throws {
        let base = try decompressed(try #require(Self.bases.first { $0.name == "sform LPS" }).file)
        var huge = base
        huge.replaceSubrange(42..<48, with: [0, 4, 0, 4, 0, 4])
        var largest = base
        largest.replaceSubrange(42..<48, with: [0xFF, 0x7F, 0xFF, 0x7F, 0xFF, 0x7F])
        let zeros = [UInt8](repeating: 0, count: 1 << 28)
        let bombs = [
            ("2 GiB announced", huge), ("2 GiB announced, compressed", compressed(huge)), ("64 TiB announced", largest),
            ("256 MiB behind the voxels", compressed(base + zeros)), ("zeros alone", compressed(zeros)),
            ("256 MiB of 2 GiB", compressed(huge + zeros)),
        ]
        let before = peakResidentBytes(reset: true)
        for (name, bytes) in bombs {
            // With the default limits too: what is not there must not be paid for.
            for limits in [Self.limits, .standard] {
                let code = errorCode { () throws(ImagingError) in _ = try read(bytes, limits: limits) }
                #expect(code != nil, "\(name) was read")
            }
        }
        // Refused by its length alone, before anything is decompressed.
        #expect(errorCode { () throws(ImagingError) in _ = try read(bombs[1].1, limits: .standard) } == .tooLarge)
        let growth = peakResidentBytes(reset: false) - before
        // 256 MiB of the last bomb are really there under the default limits.
        #expect(growth < 320 << 20, "resident memory grew by \(growth >> 20) MiB")
    }

    @Test func foldersPipesAndMissingFilesAreTypedErrors() throws {
        try withTemporaryFolder { folder in
            let pipe = folder.appending(path: "pipe.nii").path
            #expect(mkfifo(pipe, 0o600) == 0)
            for path in [pipe, folder.path, folder.appending(path: "none.nii").path, "", "a\0b.nii"] {
                #expect(errorCode { () throws(ImagingError) in _ = try NIfTIFile.read(path) } == .fileAccess)
            }
            let small = folder.appending(path: "small.nii").path
            try Self.bases[0].file.write(to: URL(filePath: small))
            #expect(
                errorCode { () throws(ImagingError) in
                    _ = try NIfTIFile.read(small, limits: ReadLimits(maximumFileBytes: 100))
                } == .tooLarge)
            #expect(
                errorCode { () throws(ImagingError) in
                    _ = try NIfTIFile.read(small, limits: ReadLimits(maximumVoxelBytes: 47))
                } == .tooLarge)
            #expect(try NIfTIFile.read(small, limits: ReadLimits(maximumVoxelBytes: 48)).volume.voxels.count == 24)
        }
    }

    /// True when the bytes were read; then what was read must make sense.
    private func outcome(of bytes: [UInt8], _ name: String) throws -> Bool {
        let image: NIfTIImage<Int16>
        do {
            image = try read(bytes, limits: Self.limits)
        } catch {
            #expect(error.message.hasSuffix(".") && error.subject == "hostile", "\(name): \(error)")
            return false
        }
        let (grid, spacing) = (image.volume.grid, image.volume.grid.spacing)
        let sides = [spacing.i, spacing.j, spacing.k]
        #expect(image.volume.voxels.count == grid.size.voxels, "\(name)")
        #expect(sides.allSatisfy { $0 >= 0.0099 && $0 <= 100.1 }, "\(name): spacing \(spacing)")
        #expect(image.lps().grid.order == .lps, "\(name)")
        return true
    }

    private func read(_ bytes: [UInt8], limits: ReadLimits) throws(ImagingError) -> NIfTIImage<Int16> {
        try bytes.withUnsafeBufferPointer { (buffer) throws(ImagingError) in
            try NIfTIFile.read(bytes: UnsafeRawBufferPointer(buffer), named: "hostile", limits: limits)
        }
    }
}

private func errorCode(_ body: () throws(ImagingError) -> Void) -> ImagingError.Code? {
    do {
        try body()
        return nil
    } catch {
        return error.code
    }
}

/// A small generator with a seed that a failure can name.
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }
}

/// One gzip member.
private func compressed(_ bytes: [UInt8]) -> [UInt8] {
    let compressor = libdeflate_alloc_compressor(1)
    defer { libdeflate_free_compressor(compressor) }
    var output = [UInt8](repeating: 0, count: libdeflate_gzip_compress_bound(compressor, bytes.count))
    let count = libdeflate_gzip_compress(compressor, bytes, bytes.count, &output, output.count)
    return Array(output.prefix(count))
}

/// The content of a small gzip file, or the bytes themselves.
private func decompressed(_ file: Data) throws -> [UInt8] {
    var input = [UInt8](file)
    guard input.starts(with: [0x1F, 0x8B]) else { return input }
    let decompressor = libdeflate_alloc_decompressor()
    defer { libdeflate_free_decompressor(decompressor) }
    var result: [UInt8] = []
    while input.starts(with: [0x1F, 0x8B]) {
        var output = [UInt8](repeating: 0, count: 1 << 16)
        var (used, made) = (0, 0)
        let status = libdeflate_gzip_decompress_ex(
            decompressor, input, input.count, &output, output.count, &used, &made)
        try #require(status == LIBDEFLATE_SUCCESS)
        result += output.prefix(made)
        input.removeFirst(used)
    }
    return result
}

/// The most memory this process has held, in bytes, since it started or since the last reset (proc(5)).
private func peakResidentBytes(reset: Bool) -> Int {
    if reset { try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs")) }
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    return (kibibytes ?? 0) << 10
}
