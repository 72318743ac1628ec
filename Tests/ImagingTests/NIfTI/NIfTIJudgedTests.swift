import Foundation
import Imaging
import Testing

/// What this program writes, read by nibabel: runs where LUNGTRIAGE_PYTHON names a Python that has it.
@Suite struct NIfTIJudgedTests {
    /// Nil when the variable is not set or names a Python without nibabel.
    private static let python: String? = {
        guard let python = ProcessInfo.processInfo.environment["LUNGTRIAGE_PYTHON"] else { return nil }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", "import nibabel"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? python : nil
    }()

    @Test(.enabled(if: python != nil, "set LUNGTRIAGE_PYTHON to a Python with nibabel"))
    func nibabelAgrees() throws {
        try withTemporaryFolder { folder in
            for (index, golden) in NIfTIGoldenCase.readable.enumerated() {
                let name = folder.appending(path: "\(index)").path
                try golden.file.write(to: URL(filePath: "\(name).in"))
                let image = try NIfTIFile.read("\(name).in")
                let grid = image.lps().grid
                let labels = try LabelVolume(
                    grid: grid, voxels: (0..<grid.size.voxels).map { UInt8($0 % 251 + 1) })
                try NIfTIFile.write(labels: labels, on: image.header, to: "\(name).labels.nii.gz")
                try NIfTIFile.write(image.volume, to: "\(name).ct.nii")
            }
            let process = Process()
            process.executableURL = URL(filePath: try #require(Self.python))
            process.arguments = [
                NIfTIGoldenCase.folder.appending(path: "check_written.py").path, folder.path,
            ]
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(text)")
        }
    }
}
