import Analysis
import ArgumentParser
import Foundation
import ModelHost
import Severity

extension AnalysisOptions.Slices: ExpressibleByArgument {}

struct Analyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Analyse one chest CT: label maps, severity scores, pictures and a report.",
        discussion: """
            Writes severity.json, report.html, montage.png, provenance.json and a NIfTI label map per model into the output \
            folder, which appears when everything is whole. Research use, not a medical device.
            """)

    @Argument(help: "Chest CT (.nii, .nii.gz).", completion: .studyFile) var input: String
    @Option(name: .shortAndLong, help: "Folder for the results; new or empty.", completion: .directory) var output:
        String
    @Flag(help: "Replace the output folder if it holds files.") var replace = false
    @Option(help: "Ids of the plugins to use, with commas between them. Default: the first of each role.")
    var plugins: String?
    @OptionGroup var locations: PluginOptions
    @Option(help: "Device: auto (a GPU where one can be used, else the CPU), cpu, cuda:0, cuda:1, …")
    var device = DeviceRequest.automatic
    @Option(help: "How a GPU stores values: float16, bfloat16, float32 or tf32.") var precision = ComputePrecision
        .float16
    @Option(help: "Threads. Default: one per processor.") var threads: Int?
    @Option(help: "How the slices belong together: automatic, volume or unrelated.")
    var slices = AnalysisOptions.Slices.automatic
    @Flag(help: "Also write how probable lesions are, voxel by voxel.") var keepProbabilities = false
    @Option(help: "Progress on stderr: auto, json or none.") var progress = ProgressStyle.automatic
    @Flag(help: "Print the summary as JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            let interruption = Interruption()
            let display = ProgressDisplay(progress)
            defer { display.finish() }
            let choice = try DeviceChoice(
                device, precision: precision, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
            let analyzer = StudyAnalyzer(
                try PluginSet(
                    locations.catalog, ids: plugins?.split(separator: ",").map(String.init) ?? [],
                    devices: choice.devices, fallsBack: choice.fallsBack,
                    log: { level, text in if level == .warning { StandardError.write("lungtriage: \(text)\n") } }),
                options: AnalysisOptions(slices: slices, keepsProbabilities: keepProbabilities))
            let study = Study(path: input)
            let result = try analyzer.analyze(
                study, into: StudyDestination(folder: output, replacesExisting: replace),
                progress: { display.show($0) }, isCancelled: { interruption.hasCome })
            display.finish()
            try print(AnalysisSummary(study.name, result, folder: output))
        }
    }

    private func print(_ summary: AnalysisSummary) throws {
        json ? try StandardOutput.write(json: summary) : try StandardOutput.write(summary.text)
    }
}

extension DeviceRequest: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { description }
}

extension ComputePrecision: ExpressibleByArgument {}
