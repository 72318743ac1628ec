import ArgumentParser
import Imaging

/// What is timed.
enum ImagingOperation: String, CaseIterable, ExpressibleByArgument {
    /// A file into Int16 HU in the order LPS.
    case load
    /// The loaded CT into a file of its own.
    case writeCT = "write-ct"
    /// A label map (1 where the CT is brighter than −500 HU) onto the input's grid.
    case writeLabels = "write-labels"
}

struct BenchImaging: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imaging", abstract: "Measure reading or writing NIfTI files: seconds and peak memory, as JSON.")

    private struct Report: Encodable {
        let seconds, processorSeconds: [Double]
        let peakResidentBytes: Int
    }

    @Option(help: "What to time.") var operation: ImagingOperation = .load
    @Option(help: "NIfTI file to read.") var input: String
    @Option(help: "File to write, .nii or .nii.gz.") var output: String = "bench.nii.gz"
    @Option(help: "Runs, all timed.") var repeats = 3
    @Option(help: "Compression level, 1 to 12.") var level = 1

    func run() throws {
        try ExitStatus.guarding {
            let options = WriteOptions(compressionLevel: level)
            switch operation {
            case .load:
                try report { _ = try NIfTIFile.read(input).lps() }
            case .writeCT:
                let volume = try NIfTIFile.read(input).lps()
                try report { try NIfTIFile.write(volume, to: output, options: options) }
            case .writeLabels:
                let image = try NIfTIFile.read(input)
                let ct = image.lps()
                let labels = try LabelVolume(grid: ct.grid, voxels: ct.voxels.map { $0 > -500 ? 1 : 0 })
                try report { try NIfTIFile.write(labels: labels, on: image.header, to: output, options: options) }
            }
        }
    }

    private func report(_ work: () throws -> Void) throws {
        var (seconds, processor): ([Double], [Double]) = ([], [])
        for _ in 0..<max(repeats, 1) {
            let clock = ContinuousClock()
            let (start, spent) = (clock.now, ProcessStatus.processorSeconds)
            try work()
            processor.append(ProcessStatus.processorSeconds - spent)
            seconds.append((clock.now - start) / .seconds(1))
        }
        try JSONOutput.print(
            Report(
                seconds: seconds, processorSeconds: processor, peakResidentBytes: ProcessStatus.peakResidentBytes))
    }
}
