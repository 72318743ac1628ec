import ArgumentParser
import Foundation
import Imaging
import Segmentation
import Training

struct DataFigures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures",
        abstract: "Describe a data set as the paper does: class pixels (Table 1), sample (Fig. 1), heat-map (Fig. 2).")

    @Option(help: "MedSeg folder: tr_im.nii.gz, tr_mask.nii.gz and slices.tsv.") var medseg: String
    @Option(help: "Folder for sample.png and heatmap.png.") var output: String
    @Option(help: "Lung mask of the same slices (.nii.gz), for the sample's masked lungs.") var lungs: String?
    @Option(help: "Slice of the sample, from 0. Default: the one with the most to show.") var slice: Int?

    func run() throws {
        try ExitStatus.guarding {
            let data = try StudyData(folder: URL(filePath: medseg), lungs: lungs.map { URL(filePath: $0) })
            let folder = URL(filePath: output)
            try writing(folder) {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            let slice = slice ?? SampleTriptych.mostTellingSlice(of: data.volume.labels)
            let sample = try SampleTriptych(data.volume, lungs: data.lungs, slice: slice).picture()
            try PNG.write(sample, to: folder.appending(path: "sample.png").path)
            let map = try AccumulationMap(data.volume.labels)
            try PNG.write(try map.picture(), to: folder.appending(path: "heatmap.png").path)
            for line in table(try data.frequencies()) { print(line) }
            print("Sample: slice \(slice). Heat-map: at most \(map.largest) of \(data.volume.ct.grid.size.k) slices.")
        }
    }

    private func table(_ frequencies: ClassFrequencies) -> [String] {
        var rows = [["class", "pixels", "pixels of images with it", "frequency", "weight"]]
        for label in frequencies.classPixels.indices {
            let frequency = frequencies.frequency(of: label)
            rows.append([
                "C\(label)", "\(frequencies.classPixels[label])", "\(frequencies.imagePixels[label])",
                frequency.map { String(format: "%.5f", $0) } ?? "–",
                frequency == nil ? "–" : String(format: "%.3f", frequencies.medianFrequencyWeights[label]),
            ])
        }
        return TextTable.lines(rows, rightAligned: [1, 2, 3, 4])
    }

    private func writing(_ folder: URL, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw TrainingError(
                .fileAccess, subject: folder.path, message: "The folder cannot be made.",
                cause: error.localizedDescription)
        }
    }
}
