extension NIfTIHeader {
    /// Whether the stored bytes are the voxels: no conversion, no scaling, this machine's byte order.
    func isPlain<Voxel: DecodedVoxel>(_: Voxel.Type) -> Bool {
        let isSameType =
            (dataType == .int16 && Voxel.self == Int16.self) || (dataType == .uint8 && Voxel.self == UInt8.self)
        return isSameType && scaling == nil && (byteOrder.isNative || dataType.bytesPerVoxel == 1)
    }
}

/// Where stored voxels lie: in memory, once decompressed, or in a file that is read as they are decoded.
enum VoxelSource {
    case memory(UnsafeRawBufferPointer)
    case file(InputFile)

    /// Voxels that are decoded at a time; they stay in a core's cache.
    private static let chunk = 1 << 17

    /// All voxels of the grid, the chunks in parallel.
    ///
    /// The source must hold the bytes that the header announces; for a file that meanwhile lost some, throws
    /// `truncated`, or `fileAccess`.
    func voxels<Voxel: DecodedVoxel>(
        of header: NIfTIHeader, replacement: Double, subject: String
    ) throws(ImagingError) -> (voxels: [Voxel], tally: DecodingTally) {
        let decoding = VoxelDecoding(
            type: header.dataType, swapped: !header.byteOrder.isNative, slope: header.scaling?.slope ?? 1,
            intercept: header.scaling?.intercept ?? 0, replacement: replacement)
        let isCopy = header.isPlain(Voxel.self)
        let count = header.grid.size.voxels
        try requireMemory(count * MemoryLayout<Voxel>.stride, subject: subject)
        let chunks = (count - 1) / VoxelSource.chunk + 1
        var results = [Result<DecodingTally, ImagingError>](repeating: .success(DecodingTally()), count: chunks)
        let voxels = [Voxel](unsafeUninitializedCapacity: count) { output, initialized in
            adviseLargePages(UnsafeMutableRawBufferPointer(output))
            results.withUnsafeMutableBufferPointer { results in
                // Each iteration writes its own voxels and its own result.
                nonisolated(unsafe) let results = results
                nonisolated(unsafe) let output = output
                nonisolated(unsafe) let source = self
                Parallel.loop(chunks) { index in
                    let range = index * VoxelSource.chunk..<min(count, (index + 1) * VoxelSource.chunk)
                    let target = UnsafeMutableBufferPointer(rebasing: output[range])
                    let offset = header.voxelOffset + range.lowerBound * header.dataType.bytesPerVoxel
                    do throws(ImagingError) {
                        if isCopy {
                            try source.copy(to: UnsafeMutableRawBufferPointer(target), from: offset)
                        } else {
                            results[index] = .success(try source.decode(decoding, into: target, from: offset))
                        }
                    } catch {
                        results[index] = .failure(error)
                    }
                }
            }
            initialized = count
        }
        var tally = DecodingTally()
        for result in results { tally += try result.get() }
        return (voxels, tally)
    }

    private func copy(to output: UnsafeMutableRawBufferPointer, from offset: Int) throws(ImagingError) {
        switch self {
        case .memory(let bytes):
            output.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + output.count]))
        case .file(let file): try file.read(into: output, at: offset)
        }
    }

    private func decode<Voxel: DecodedVoxel>(
        _ decoding: VoxelDecoding, into output: UnsafeMutableBufferPointer<Voxel>, from offset: Int
    ) throws(ImagingError) -> DecodingTally {
        switch self {
        case .memory(let bytes):
            return decoding.decode(UnsafeRawBufferPointer(rebasing: bytes[offset...]), into: output)
        case .file(let file):
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: output.count * decoding.type.bytesPerVoxel, alignment: 64)
            defer { buffer.deallocate() }
            try file.read(into: buffer, at: offset)
            return decoding.decode(UnsafeRawBufferPointer(buffer), into: output)
        }
    }
}
