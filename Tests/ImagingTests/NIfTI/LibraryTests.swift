import CNIfTI
import Foundation
import Testing

/// The headers that were compiled against are those of the library that is linked: libniftiio exports the same names
/// with other structures.
@Suite struct LibraryTests {
    @Test func structuresHaveTheSizesOfTheStandard() {
        #expect(MemoryLayout<nifti_1_header>.size == 348)
        #expect(MemoryLayout<nifti_2_header>.size == 540)
        #expect(MemoryLayout<nifti_1_header>.stride == 348)
    }

    @Test func theLibraryFillsTheFieldsThatTheHeaderNames() throws {
        let dimensions: [Int64] = [3, 11, 12, 13, 1, 1, 1, 1]
        let image = try #require(nifti_make_new_nim(dimensions, Int32(DT_INT16), 0))
        defer { nifti_image_free(image) }
        // 64-bit in libnifti2, 32-bit in libniftiio.
        #expect(image.pointee.nx == 11)
        #expect(image.pointee.nz == 13)
        #expect(image.pointee.nvox == 11 * 12 * 13)
        #expect(image.pointee.nbyper == 2)
        #expect(image.pointee.dx == 1)
        #expect(image.pointee.data == nil)
    }
}
