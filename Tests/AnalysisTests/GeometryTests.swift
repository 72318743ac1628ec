import Analysis
import Foundation
import Imaging
import ModelHost
import PluginTestSupport
import Testing

/// Label maps lie on the input's grid, whatever that is, and scores do not depend on how voxels are stored.
@Suite struct GeometryTests {
    let folder: StudyFolder
    let plugins: PluginFolder
    let analyzer: StudyAnalyzer

    init() throws {
        folder = try StudyFolder()
        plugins = try PluginFolder()
        analyzer = StudyAnalyzer(
            try PluginSet(try ThresholdPlugin(in: plugins.url).catalog, devices: [ThresholdPlugin.cpu]),
            options: AnalysisOptions(slices: .volume))
    }

    /// Analyses a file and checks every map's header against it.
    private func analyze(_ name: String) throws -> StudyResult {
        let out = folder.path("out-\(name)")
        let result = try analyzer.analyze(Study(path: folder.path(name)), into: StudyDestination(folder: out))
        let input = try NIfTIFile.readHeader(folder.path(name))
        let maps = try FileManager.default.contentsOfDirectory(atPath: out).filter { $0.hasSuffix(".nii.gz") }
        #expect(maps.count == 2)
        for map in maps {
            let header = try NIfTIFile.readHeader(out + "/" + map)
            #expect(header.geometry == input.geometry && header.dimensions == input.dimensions, "\(name), \(map)")
            #expect(header.version == input.version && header.byteOrder == input.byteOrder)
        }
        return result
    }

    @Test func all48VoxelOrdersGiveTheSameScores() throws {
        let phantom = try ChestPhantom(seed: 4, noise: 0, findings: [PhantomFinding(.consolidation, volume: 150)])
        var opacities: [Double] = []
        for order in VoxelOrder.allCases {
            let grid = try ChestPhantom.grid(size: GridSize(i: 48, j: 44, k: 20), order: order)
            try NIfTIFile.write(phantom.render(on: grid).ct, to: folder.path("\(order).nii.gz"))
            opacities.append(try #require(try analyze("\(order).nii.gz").scores.percentageOfOpacity.value))
        }
        #expect(opacities.count == 48 && opacities.allSatisfy { abs($0 - opacities[0]) < 1e-9 })
        #expect(opacities[0] > 1)
    }

    @Test(arguments: [SIMD3<Double>(10, 0, 0), SIMD3(0, -8, 5), SIMD3(12, 9, -14)])
    func obliqueGrids(_ tilt: SIMD3<Double>) throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 48, j: 44, k: 20), order: .ras, tilt: tilt)
        try NIfTIFile.write(ChestPhantom(seed: 4).render(on: grid).ct, to: folder.path("oblique.nii"))
        _ = try analyze("oblique.nii")
    }

    /// Files of another writer: NIfTI-1 and -2, both byte orders, qform and sform in every combination.
    @Test func goldenFilesOfAnotherWriter() throws {
        struct Cases: Decodable {
            struct Case: Decodable {
                let name: String
                let file: String
            }
            let cases: [Case]
        }
        let json = BuiltPlugins.root.appending(path: "Tests/Golden/imaging/nifti_cases.json")
        let cases = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: json)).cases
        var analysed = 0
        for (index, item) in cases.enumerated() {
            let name = "case\(index).nii"
            try #require(Data(base64Encoded: item.file)).write(to: URL(filePath: folder.path(name)))
            guard (try? NIfTIFile.read(folder.path(name), nonFinite: .replace(with: 0))) != nil else { continue }
            _ = try analyze(name)
            analysed += 1
        }
        #expect(analysed > 10)
    }

    /// nibabel's word on it: `check_geometry.py`, where there is a Python that has it.
    @Test func anIndependentReaderAgrees() throws {
        for (index, order) in VoxelOrder.allCases.enumerated() where index % 7 == 0 {
            let grid = try ChestPhantom.grid(
                size: GridSize(i: 30, j: 28, k: 12), order: order, tilt: SIMD3(Double(index) / 5, 0, 3))
            try NIfTIFile.write(ChestPhantom(seed: 4).render(on: grid).ct, to: folder.path("\(order).nii.gz"))
            _ = try analyze("\(order).nii.gz")
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            ProcessInfo.processInfo.environment["LUNGTRIAGE_PYTHON"] ?? "python3",
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: "check_geometry.py").path,
            folder.url.path,
        ]
        try process.run()
        process.waitUntilExit()
        // 77: there is no nibabel.
        if process.terminationStatus == 77 {
            print("skipped: set LUNGTRIAGE_PYTHON to a Python with nibabel")
        } else {
            #expect(process.terminationStatus == 0)
        }
    }
}
