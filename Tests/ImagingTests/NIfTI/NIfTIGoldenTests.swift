import Foundation
import Imaging
import Testing

/// Files that nibabel made, read as nibabel reads them.
@Suite struct NIfTIGoldenTests {
    @Test func theCasesAreThere() {
        #expect(NIfTIGoldenCase.readable.count > 120)
        #expect(NIfTIGoldenCase.refused.count > 40)
    }

    @Test(arguments: NIfTIGoldenCase.readable)
    func isReadAsNibabelReadsIt(golden: NIfTIGoldenCase) throws {
        try withTemporaryFolder { folder in
            // The content decides, not the name.
            let path = folder.appending(path: "study.nii").path
            try golden.file.write(to: URL(filePath: path))
            let image = try NIfTIFile.read(path)
            let grid = image.volume.grid
            #expect([grid.size.i, grid.size.j, grid.size.k] == golden.shape)
            #expect(image.header.geometry.form.rawValue == golden.form)
            #expect(grid.order.description == golden.order)
            expectClose(rows(grid.affine), golden.affine ?? [], within: tolerance(image.header))
            #expect(image.volume.voxels == golden.hu)
            let values = golden.values ?? []
            #expect(image.clampedVoxels == values.filter { $0 > 32767 || $0 < -32768 }.count)

            let floats = try NIfTIFile.readFloats(path)
            #expect(floats.volume.voxels == values.map { Float($0) })

            let lps = image.lps()
            #expect([lps.grid.size.i, lps.grid.size.j, lps.grid.size.k] == golden.lps?.shape)
            #expect(lps.grid.order == .lps)
            #expect(lps.voxels == golden.lps?.hu)
            expectClose(rows(lps.grid.affine), golden.lps?.affine ?? [], within: 4 * tolerance(image.header))
            #expect(try lps.stored(in: grid.order).voxels == image.volume.voxels)

            let header = try NIfTIFile.readHeader(path)
            #expect(header == image.header)
        }
    }

    @Test(arguments: NIfTIGoldenCase.readable)
    func contradictionsAreReported(golden: NIfTIGoldenCase) throws {
        let geometry = try read(golden).header.geometry
        #expect(geometry.formsContradict == (golden.formsDifferBy != nil))
        if let expected = golden.formsDifferBy {
            #expect(abs((geometry.formsDifferBy ?? 0) - expected) < 0.01)
        }
        #expect(geometry.pixdimContradicts == (golden.pixdimDiffersBy != nil))
        if let expected = golden.pixdimDiffersBy { #expect(abs(geometry.pixdimDiffersBy - expected) < 0.001) }
    }

    @Test(arguments: NIfTIGoldenCase.refused)
    func isRefused(golden: NIfTIGoldenCase) throws {
        do {
            _ = try read(golden)
            Issue.record("\(golden.name) was read")
        } catch {
            #expect(error.code.rawValue == golden.error, "\(error)")
            #expect(error.subject == "study.nii")
            #expect(error.message.hasSuffix("."))
        }
    }

    /// From memory, as a worker or a fuzzer reads.
    private func read(_ golden: NIfTIGoldenCase) throws(ImagingError) -> NIfTIImage<Int16> {
        try [UInt8](golden.file).withUnsafeBufferPointer { (bytes) throws(ImagingError) in
            try NIfTIFile.read(bytes: UnsafeRawBufferPointer(bytes), named: "study.nii")
        }
    }

    /// mm. Half turns lose digits in a quaternion kept in 32 bits, and libnifti and nibabel mend that differently.
    private func tolerance(_ header: NIfTIHeader) -> Double { header.geometry.form == .qform ? 2e-3 : 1e-5 }

    private func rows(_ affine: Affine) -> [Double] {
        (0..<3).flatMap { [affine.i[$0], affine.j[$0], affine.k[$0], affine.origin[$0]] }
    }

    private func expectClose(
        _ found: [Double], _ expected: [Double], within tolerance: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == expected.count, sourceLocation: sourceLocation)
        let far = zip(found, expected).enumerated().first { abs($0.element.0 - $0.element.1) > tolerance }
        #expect(far == nil, "\(found) is not \(expected)", sourceLocation: sourceLocation)
    }
}
