import ArgumentParser
import Foundation
import NeuralNet
import Training

struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Repeat the paper's 36 trainings and write a report with its tables and figures beside ours.",
        discussion: """
            Finished runs are not repeated, interrupted ones go on where they stopped. Runs of another width or number of \
            epochs have folders of their own, so a reduced and a full study can share one output folder and one report: \
            report.html.
            """)

    @Option(help: "MedSeg folder: tr_im.nii.gz, tr_mask.nii.gz and slices.tsv.") var data: String
    @Option(help: "Folder of the study: runs/ and report.html.") var output: String
    @Option(
        parsing: .upToNextOption,
        help: "Which experiments, in this order: segnet-multiclass-1..9, unet-binary-4, unet, … Default: all.")
    var only: [String] = []
    @Option(help: "Passes over the training slices; the paper does not give its number.") var epochs = 60
    @Option(help: "Filters of the first level; the paper's networks have 64.") var baseFilters = StudySettings
        .paperBaseFilters
    @Option(help: "Height and width that the network sees; the paper's is 256.") var size = StudySettings.paperSize
    @Option(help: "Column of slices.tsv that splits the slices into train, val and test.") var split = "paper_split"
    @Option(help: "Lung mask of the same slices (.nii.gz), for the figure of masked lungs.") var lungs: String?
    @Flag(help: "Train nothing; write the report of what is there.") var reportOnly = false
    @OptionGroup var device: DeviceOptions

    func run() throws {
        try ExitStatus.guarding {
            let data = try StudyData(
                folder: URL(filePath: data), splitColumn: split, lungs: lungs.map { URL(filePath: $0) })
            let experiments = only.isEmpty ? PaperExperiment.all : try PaperExperiment.selection(only)
            let output = URL(filePath: output)
            let report = StudyReport(data: data, output: output)
            let diverged = reportOnly ? [:] : try train(experiments, data, output, report, on: try device.backend())
            let file = try report.write()
            print("The report: \(file.path)")
            if !diverged.isEmpty {
                StandardError.write("lungtriage-lab: \(diverged.count) experiments diverged; the others are done.\n")
                throw ExitStatus.failed
            }
        }
    }

    private func train<B: Backend>(
        _ experiments: [PaperExperiment], _ data: StudyData, _ output: URL, _ report: StudyReport, on backend: B
    ) throws -> [PaperExperiment: TrainingError] {
        let study = Study(
            data: data, settings: try StudySettings(baseFilters: baseFilters, epochs: epochs, size: size),
            output: output, command: CommandLine.arguments.joined(separator: " "), backend: backend)
        var progress = try StudyProgress(study, experiments)
        return try study.run(experiments) { event in
            progress.show(event)
            // A report after every run, so that a study that is stopped has one; the last one's errors are told.
            if case .finished = event { _ = try? report.write() }
        }
    }
}
