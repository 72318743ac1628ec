import Analysis
import Foundation
import Imaging
import ModelHost
import PluginTestSupport
import Testing

/// Damaged files through the whole analysis: a result or a sentence, never a crash, never anything left behind.
@Suite(.serialized) struct HostileStudyTests {
    let folder: StudyFolder
    let plugins: PluginFolder
    let analyzer: StudyAnalyzer

    init() throws {
        folder = try StudyFolder()
        plugins = try PluginFolder()
        analyzer = StudyAnalyzer(
            try PluginSet(try ThresholdPlugin(in: plugins.url).catalog, devices: [ThresholdPlugin.cpu]),
            options: AnalysisOptions(maximumVoxelBytes: 1 << 23))
    }

    /// 300 files: header bytes changed, streams cut, lengthened and changed, from a fixed seed.
    @Test func mutatedStudies() throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 28, j: 28, k: 10))
        let ct = try ChestPhantom(seed: 9).render(on: grid).ct
        try NIfTIFile.write(ct, to: folder.path("base.nii"))
        try NIfTIFile.write(ct, to: folder.path("base.nii.gz"))
        let bases = try ["base.nii", "base.nii.gz"].map { try Data(contentsOf: URL(filePath: folder.path($0))) }
        for name in ["base.nii", "base.nii.gz"] { try FileManager.default.removeItem(atPath: folder.path(name)) }
        var (done, refused) = (0, 0)
        var state: UInt64 = 20_261_124
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, limit)
        }
        for index in 0..<300 {
            var bytes = bases[index % 2]
            switch random(4) {
            case 0: bytes.removeLast(random(bytes.count))
            case 1: bytes += (0..<random(200)).map { _ in UInt8(random(256)) }
            default:
                for _ in 0...random(4) {
                    let place = index % 2 == 0 && random(3) > 0 ? random(352) : random(bytes.count)
                    bytes[place] = [0, 255, bytes[place] ^ UInt8(1 << random(8)), UInt8(random(256))][random(4)]
                }
            }
            let path = folder.path("scan.nii")
            try bytes.write(to: URL(filePath: path))
            do {
                try analyzer.analyze(Study(path: path), into: StudyDestination(folder: folder.path("out")))
                try FileManager.default.removeItem(atPath: folder.path("out"))
                done += 1
            } catch let error as AnalysisError {
                #expect(error.code == .badInput, "file \(index): \(error)")
                #expect(error.message.hasSuffix("."), "file \(index): \(error)")
                refused += 1
            }
            #expect(folder.content == ["scan.nii"], "file \(index)")
        }
        #expect(done > 30 && refused > 60, "\(done) analysed, \(refused) refused")
    }
}
