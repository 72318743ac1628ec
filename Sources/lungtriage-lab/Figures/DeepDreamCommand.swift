import ArgumentParser
import Imaging
import NeuralNet
import Segmentation
import Training

extension DreamObjective: ExpressibleByArgument {}

struct DeepDreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deepdream",
        abstract: "Draw what each class of a model likes to see: gradient ascent on the input, from noise or a slice.")

    @Argument(help: "Model file (safetensors).") var model: String
    @Option(help: "Where the picture goes (.png).") var output: String
    @Option(name: .customLong("class"), parsing: .upToNextOption, help: "Which classes. Default: all.")
    var classes: [Int] = []
    @Option(help: "Height and width of each picture.") var size = 256
    @Option(help: "What is made large, as the mean over the picture: logit, contrast or probability.")
    var objective = DreamOptions().objective
    @Option(help: "Sizes that a picture is dreamt at.") var octaves = DreamOptions().octaves
    @Option(help: "From one size to the next.") var scale = DreamOptions().scale
    @Option(help: "Steps at each size.") var iterations = DreamOptions().iterations
    @Option(help: "Standard deviation of a step's change, of an input from -1 to 1.")
    var stepSize = DreamOptions().stepSize
    @Option(help: "Largest random shift before each step, in pixels.") var jitter = DreamOptions().jitter
    @Option(help: "Smoothing of the gradient, in pixels; 0 for none.") var smoothing = DreamOptions().smoothing
    @Option(help: "Octaves of spatial frequency that count alike in the gradient; 1 leaves it as it is.")
    var bands = DreamOptions().bands
    @Option(help: "Of the noise and the shifts.") var seed: UInt64 = 0
    @Option(help: "CT volume (.nii, .nii.gz) to dream into instead of noise.") var from: String?
    @Option(help: "Slice of it, counted from 1 at the feet.") var slice: Int?
    @Option(help: "Its lung fields, for models that see lungs only.") var lungs: String?
    @OptionGroup var device: DeviceOptions

    func validate() throws {
        guard (from == nil) == (slice == nil) else { throw ValidationError("--from and --slice go together.") }
    }

    func run() throws {
        try ExitStatus.guarding {
            let model = try SegmentationModel.load(model)
            let options = DreamOptions(
                objective: objective, octaves: octaves, scale: scale, iterations: iterations, stepSize: stepSize,
                jitter: jitter, smoothing: smoothing, bands: bands, seed: seed)
            let start = try from.map { try startingSlice($0, model) }
            let dreams = try dreams(of: model, options, from: start, on: try device.backend())
            let names = model.metadata["task"].flatMap(SegmentationTask.init(rawValue:))?.classNames ?? []
            try PNG.write(try DreamFigure(classNames: names).picture(of: dreams, from: start), to: output)
        }
    }

    private func dreams<B: Backend>(
        of model: SegmentationModel, _ options: DreamOptions, from start: Plane?, on backend: B
    ) throws -> [Dream] {
        let dreamer = try DeepDream(
            network: model.network, parameters: model.parameters, options: options, backend: backend)
        let wanted = classes.isEmpty ? Array(0..<model.network.outputChannels) : classes
        return try wanted.map { channel in
            let dream =
                if let start {
                    try dreamer.dream(of: channel, from: start, show)
                } else {
                    try dreamer.dream(of: channel, height: size, width: size, show)
                }
            clear()
            report(dream)
            return dream
        }
    }

    /// The slice as the model sees it, at `size`.
    private func startingSlice(_ path: String, _ model: SegmentationModel) throws -> Plane {
        guard let preparation = try InputPreparation(metadata: model.metadata) else {
            throw NeuralNetError(
                .malformedFile, operation: "model", message: "The model does not say how its input is prepared.")
        }
        let ct = try NIfTIFile.read(path).lps()
        let lungs = try lungs.map { try NIfTIFile.readLabels($0).lps() }
        let rectangles = try preparation.crop.rectangles(of: ct, lungs: lungs)
        let k = (slice ?? 1).subtractingReportingOverflow(1).partialValue
        guard rectangles.indices.contains(k) else {
            throw ImagingError(
                .invalidArgument, subject: path,
                message: "The volume has slices 1 to \(rectangles.count), but slice \(slice ?? 1) was asked for.")
        }
        let values = try SliceResizer(rectangles[k], height: size, width: size).picture(of: ct, slice: k)
        return try Plane(values.map(preparation.window.normalized), height: size, width: size)
    }

    private func show(_ progress: DreamProgress) {
        guard StandardError.isTerminal else { return }
        StandardError.write(
            "\roctave \(progress.octave)/\(progress.octaves)  step \(progress.iteration)/\(progress.iterations)  "
                + "objective \(progress.objective)\u{1b}[K")
    }

    private func clear() {
        if StandardError.isTerminal { StandardError.write("\r\u{1b}[K") }
    }

    private func report(_ dream: Dream) {
        let ends = [dream.steps.first, dream.steps.last].compactMap { $0.map { plainNumber($0.objective) } }
        StandardError.write("class \(dream.channel): \(objective.rawValue) \(ends.joined(separator: " → "))\n")
    }
}

/// Three decimals.
private func plainNumber(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
