import Foundation
import Imaging
import Testing

/// What writing refuses, and that it repeats.
@Suite struct NIfTIWritingTests {
    private func labels(order: VoxelOrder = .lps, shift: Double = 0) throws -> LabelVolume {
        let grid = try Grid(
            size: GridSize(i: 4, j: 3, k: 2),
            affine: Affine(
                order: order, spacing: Spacing(i: 1, j: 1, k: 1), origin: WorldPoint(x: shift, y: 0, z: 0)))
        return try LabelVolume(grid: grid, voxels: (0..<24).map { UInt8($0) })
    }

    private func code(_ body: () throws -> Void) -> ImagingError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ImagingError)?.code
        }
    }

    @Test func theSameVolumeGivesTheSameBytes() throws {
        try withTemporaryFolder { folder in
            let paths = ["a.nii.gz", "b.nii.gz"].map { folder.appending(path: $0) }
            for path in paths { try NIfTIFile.write(try labels(), to: path.path) }
            #expect(try Data(contentsOf: paths[0]) == Data(contentsOf: paths[1]))
        }
    }

    /// Label maps are compressed in blocks of 2 MiB on all cores; this one takes three.
    @Test func labelsOfSeveralBlocksComeBackWhateverTheNumberOfCores() throws {
        let grid = try Grid(
            size: GridSize(i: 200, j: 200, k: 130), affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
        let voxels = (0..<grid.size.voxels).map { UInt8(truncatingIfNeeded: $0 / 777 % 3 &* ($0 % 5)) }
        let volume = try LabelVolume(grid: grid, voxels: voxels)
        try withTemporaryFolder { folder in
            let paths = ["parallel.nii.gz", "serial.nii.gz"].map { folder.appending(path: $0) }
            try NIfTIFile.write(volume, to: paths[0].path)
            try Parallel.$isSerial.withValue(true) { try NIfTIFile.write(volume, to: paths[1].path) }
            #expect(try Data(contentsOf: paths[0]) == Data(contentsOf: paths[1]))
            let back = try NIfTIFile.readLabels(paths[0].path).volume.voxels
            let first = zip(back, voxels).enumerated().first { $0.element.0 != $0.element.1 }
            #expect(back.count == voxels.count)
            #expect(first == nil, "first difference: \(String(describing: first))")
        }
    }

    @Test func labelsOfAnotherGridAreRefusedAndNothingIsWritten() throws {
        try withTemporaryFolder { folder in
            let input = folder.appending(path: "in.nii").path
            try NIfTIFile.write(try labels(), to: input)
            let header = try NIfTIFile.readHeader(input)
            let output = folder.appending(path: "out.nii").path
            let moved = try labels(shift: 0.01)
            #expect(code { try NIfTIFile.write(labels: moved, on: header, to: output) } == .gridMismatch)
            #expect(!FileManager.default.fileExists(atPath: output))
            // Within rounding is the same grid.
            try NIfTIFile.write(labels: try labels(shift: 1e-5), on: header, to: output)
        }
    }

    @Test func badLevelsAndFoldersAreTypedErrors() throws {
        let volume = try labels()
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "a.nii.gz").path
            for level in [-1, 0, 13] {
                let options = WriteOptions(compressionLevel: level)
                #expect(code { try NIfTIFile.write(volume, to: path, options: options) } == .invalidArgument)
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files.isEmpty)
            let nowhere = folder.appending(path: "none/a.nii").path
            #expect(code { try NIfTIFile.write(volume, to: nowhere) } == .fileAccess)
        }
    }

    @Test func sidesBeyond16BitsNeedNIfTI2() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "long.nii.gz").path
            let grid = try Grid(
                size: GridSize(i: 40_000, j: 1, k: 1), affine: Affine(order: .ras, spacing: Spacing(i: 1, j: 1, k: 1)))
            let volume = try Volume<Int16, AsStored>(grid: grid, voxels: (0..<40_000).map { Int16($0 % 1000) })
            try NIfTIFile.write(volume, to: path)
            let image = try NIfTIFile.read(path)
            #expect(image.header.version == .nifti2)
            #expect(image.volume.grid == grid)
            #expect(image.volume.voxels[39_999] == 999)
        }
    }

    @Test func notFiniteVoxelsAreCountedOrReplaced() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "real.nii").path
            let grid = try labels().grid
            var voxels = (0..<24).map { Float($0) + 0.25 }
            (voxels[3], voxels[7], voxels[11]) = (.nan, .infinity, -.infinity)
            try NIfTIFile.write(try Volume<Float, LPS>(grid: grid, voxels: voxels), to: path)
            let error = #expect(throws: ImagingError.self) { try NIfTIFile.read(path) }
            #expect(error?.code == .notFinite)
            #expect(error?.message.hasPrefix("3 of 24") == true)
            let image = try NIfTIFile.read(path, nonFinite: .replace(with: -1024))
            #expect(image.replacedVoxels == 3)
            #expect(image.clampedVoxels == 0)
            #expect([3, 7, 11, 12].map { image.volume.voxels[$0] } == [-1024, -1024, -1024, 12])
            #expect(code { _ = try NIfTIFile.readLabels(path) } == .notFinite)
        }
    }
}
