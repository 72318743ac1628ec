import Foundation
import Imaging
import Testing

/// What is remarked on a scan.
@Suite struct ImageQualityTests {
    /// Half air, half water, or what `value` says, written and read again.
    private func remarks(
        size: GridSize = GridSize(i: 8, j: 8, k: 100), k: Double = 2, value: (Int) -> Int16 = { $0 % 2 == 0 ? -900 : 0 }
    ) throws -> [String] {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "ct.nii").path
            let grid = try Grid(size: size, affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: k)))
            try NIfTIFile.write(
                try Volume<Int16, AsStored>(grid: grid, voxels: (0..<size.voxels).map(value)), to: path)
            return ImageQuality(try NIfTIFile.read(path)).remarks.map(\.code)
        }
    }

    @Test func aPlainScanHasNone() throws {
        #expect(try remarks() == [])
    }

    @Test func eightBitValuesAreNoHU() throws {
        #expect(try remarks { Int16($0 % 256) } == ["unlikeHounsfieldUnits"])
        #expect(try remarks { _ in -900 } == ["unlikeHounsfieldUnits"])
    }

    @Test func thickFewAndSingleSlices() throws {
        #expect(try remarks(k: 5.5) == ["thickSlices"])
        #expect(try remarks(size: GridSize(i: 8, j: 8, k: 50)) == ["shortExtent"])
        #expect(try remarks(size: GridSize(i: 8, j: 8, k: 1)) == ["singleSlice"])
    }

    @Test(arguments: NIfTIGoldenCase.readable)
    func whatTheFileLeavesOpenIsSaid(golden: NIfTIGoldenCase) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "ct.nii").path
            try golden.file.write(to: URL(filePath: path))
            let codes = Set(ImageQuality(try NIfTIFile.read(path)).remarks.map(\.code))
            #expect(codes.contains("sidesUnknown") == (golden.form == "spacingOnly"))
            #expect(codes.contains("unitUnknown") == golden.name.hasPrefix("in unknown"))
            #expect(codes.contains("formsContradict") == (golden.formsDifferBy != nil))
            #expect(codes.contains("pixdimContradicts") == (golden.pixdimDiffersBy != nil))
        }
    }
}
