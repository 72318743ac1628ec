import Foundation
import Imaging

/// libFuzzer's entry: any bytes must give a typed error, or a volume that survives the way to LPS and back.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzOne(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let limits = ReadLimits(maximumVoxelBytes: 1 << 22, maximumFileBytes: 1 << 22)
    let buffer = UnsafeRawBufferPointer(start: bytes, count: count)
    do {
        let image = try NIfTIFile.read(bytes: buffer, named: "fuzz", limits: limits, nonFinite: .replace(with: 0))
        precondition(image.volume.voxels.count == image.header.grid.size.voxels)
        let lps = image.lps()
        let back = try lps.stored(in: image.volume.grid.order)
        precondition(back.voxels.first == image.volume.voxels.first && back.voxels.last == image.volume.voxels.last)
    } catch {
        precondition(error.subject == "fuzz" || error.subject == "grid", "\(error)")
    }
    return 0
}
