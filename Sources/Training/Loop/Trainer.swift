import Foundation
import Imaging
import NeuralNet
import Segmentation

/// Trains one network on one set of examples, an epoch at a time, each ending in a checkpoint.
public struct Trainer<B: Backend>: Sendable {
    public let recipe: TrainingRecipe
    public let training: any ExampleSource
    public let validation: (any ExampleSource)?
    private let backend: B
    private let folder: RunFolder
    private let network: Network
    private let order: BatchOrder
    private let metadata: [String: String]
    private let startingModel: SegmentationModel?

    /// Prepares a run in `folder`, or a run's continuation if the folder holds one of the same recipe and `data`.
    /// `metadata` goes into the model file, such as `InputPreparation.metadata`. `startingModel` gives a fresh run its
    /// weights where names and shapes agree; the recipe names it.
    ///
    /// Throws `invalidArgument`, `shapeMismatch` when training and validation differ in size, `runMismatch`, `fileAccess`,
    /// `engine`.
    public init(
        recipe: TrainingRecipe, training: any ExampleSource, validation: (any ExampleSource)?, data: String,
        folder: URL,
        metadata: [String: String] = [:], startingModel: SegmentationModel? = nil, backend: B
    ) throws(TrainingError) {
        try recipe.check(examples: training.count)
        if let validation, (validation.height, validation.width) != (training.height, training.width) {
            throw TrainingError(
                .shapeMismatch, subject: "validation examples",
                message: "They are \(validation.height)×\(validation.width), but training's are "
                    + "\(training.height)×\(training.width).")
        }
        self.recipe = recipe
        self.training = training
        self.validation = validation
        self.backend = backend
        self.metadata = metadata
        self.startingModel = startingModel
        network = try engine { () throws(NeuralNetError) in try recipe.architecture.network() }
        self.folder = try RunFolder(folder, identity: RunIdentity(recipe: recipe, data: data))
        order = BatchOrder(count: training.count, batchSize: recipe.batchSize, seed: recipe.seed)
    }

    /// The file that holds the best model so far.
    public var bestModel: URL { folder.bestFile }

    /// The model after the last epoch that has a checkpoint, which is what the paper evaluates; nil before the first.
    /// Throws `fileAccess`, `runMismatch`, `engine`.
    public func lastModel() throws(TrainingError) -> SegmentationModel? {
        guard let (epoch, state) = try folder.checkpoint(of: network) else { return nil }
        return try engine { () throws(NeuralNetError) in try model(state.parameters, epoch: epoch) }
    }

    /// Trains until the recipe's last epoch and gives the whole history. A run that is already there goes on after its last
    /// whole epoch, with the same result as if it had never stopped.
    ///
    /// Throws `diverged` naming the batch whose loss or gradient was not finite, `cancelled` when the current task is
    /// cancelled (checked before every layer; finished epochs are kept), `fileAccess`, `engine`.
    public func run(_ observe: (TrainingEvent) -> Void = { _ in }) throws(TrainingError) -> [EpochRecord] {
        let session = try makeSession()
        var history = try folder.history()
        var done = 0
        if let (epoch, state) = try folder.checkpoint(of: network) {
            try engine { () throws(NeuralNetError) in try session.restore(state) }
            done = epoch
        }
        history.removeAll { $0.epoch > done }
        guard history.count == done else {
            throw TrainingError(
                .runMismatch, subject: folder.path.path,
                message: "The checkpoint is of epoch \(done), but the history tells of \(history.count) epochs.")
        }
        observe(.started(epochsDone: done, epochs: recipe.epochs, batchesPerEpoch: order.batchesPerEpoch))
        while done < recipe.epochs {
            done += 1
            let record = try epoch(done, session, observe)
            let best = history.compactMap { $0.validation?.score }.max() ?? -1
            history.append(record)
            // Without validation the last model is the best there is.
            if record.validation.map({ ($0.score ?? -1) > best || done == 1 }) ?? true {
                try saveBest(session, record)
                observe(.improved(record))
            }
            try folder.write(history: history)
            try saveCheckpoint(session, epoch: done)
            observe(.epoch(record))
            drawCurves(history, observe)
        }
        return history
    }

    // MARK: - Parts of a run

    private func makeSession() throws(TrainingError) -> TrainingSession<B> {
        let (loss, adam, rates) = recipe.options(batchesPerEpoch: order.batchesPerEpoch)
        return try engine { () throws(NeuralNetError) in
            var model = try SegmentationModel(
                architecture: recipe.architecture, seed: recipe.seed, weights: recipe.initialization)
            if let startingModel { try model.parameters.adopt(startingModel.parameters) }
            return try TrainingSession(
                network: network, parameters: model.parameters, backend: backend, batch: recipe.batchSize,
                height: training.height, width: training.width,
                options: .init(loss: loss, optimizer: adam, schedule: rates, seed: recipe.seed))
        }
    }

    /// A picture must not cost a run: what keeps it from being written is told and the run goes on.
    private func drawCurves(_ history: [EpochRecord], _ observe: (TrainingEvent) -> Void) {
        do throws(ImagingError) {
            let names = metadata["task"].flatMap(SegmentationTask.init(rawValue:))?.classNames ?? []
            try PNG.write(try TrainingCurves(history, classNames: names).picture(), to: folder.curvesFile.path)
        } catch {
            observe(.curvesNotDrawn(error))
        }
    }

    private func epoch(
        _ epoch: Int, _ session: TrainingSession<B>, _ observe: (TrainingEvent) -> Void
    ) throws(TrainingError) -> EpochRecord {
        let clock = ContinuousClock()
        let start = clock.now
        let batches = order.batches(epoch: epoch)
        var losses = 0.0
        var norms = 0.0
        var rate = 0.0
        var done = 0
        func finish(_ step: StartedBatch) throws(TrainingError) {
            let result = try taking(step.indices, epoch) { () throws(NeuralNetError) in
                try session.result(of: step.step)
            }
            losses += Double(result.loss.loss)
            norms += result.gradientNorm
            rate = result.learningRate
            done += 1
            observe(.batch(epoch: epoch, batch: done, batches: batches.count, loss: losses / Double(done)))
        }
        // While the device is at one batch, the next is made ready.
        var started: StartedBatch?
        for indices in batches {
            let next = try self.start(indices, epoch, session)
            if let started { try finish(started) }
            started = next
        }
        if let started { try finish(started) }
        let scores = try validation.map { source throws(TrainingError) in
            ValidationRecord(try evaluate(source, parameters: session))
        }
        return EpochRecord(
            epoch: epoch, step: session.stepsTaken, learningRate: rate, loss: losses / Double(batches.count),
            gradientNorm: norms / Double(batches.count), validation: scores, seconds: (clock.now - start) / .seconds(1),
            device: backend.description)
    }

    private typealias StartedBatch = (indices: [Int], step: StartedStep)

    private func start(
        _ indices: [Int], _ epoch: Int, _ session: TrainingSession<B>
    ) throws(TrainingError) -> StartedBatch {
        let batch = try Batch(indices, of: training, epoch: epoch)
        let step = try taking(indices, epoch) { () throws(NeuralNetError) in
            try session.start(batch.images, labels: batch.labels)
        }
        return (indices, step)
    }

    /// Runs a call of the engine on a batch, which its error names where the run diverged there.
    private func taking<Result>(
        _ indices: [Int], _ epoch: Int, _ body: () throws(NeuralNetError) -> Result
    ) throws(TrainingError) -> Result {
        do {
            return try body()
        } catch let error where error.code == .notFinite {
            let names = indices.map(training.name(of:)).joined(separator: ", ")
            throw TrainingError(
                .diverged, subject: "epoch \(epoch)",
                message: "Training stopped at the batch of \(names). Finished epochs are kept.", cause: "\(error)")
        } catch {
            throw TrainingError(engine: error)
        }
    }

    private func evaluate(
        _ source: any ExampleSource, parameters session: TrainingSession<B>
    ) throws(TrainingError) -> Evaluation {
        let inference = try engine { () throws(NeuralNetError) in
            try InferenceSession(
                network: network, parameters: try session.parameters(), backend: backend, height: source.height,
                width: source.width, microBatch: min(4, max(1, source.count)))
        }
        return try evaluateExamples(
            of: source, classes: recipe.architecture.classes, batch: inference.microBatch,
            ignoring: recipe.ignoredLabel
        ) { images throws(NeuralNetError) in try inference.run(images).labels() }
    }

    private func saveBest(_ session: TrainingSession<B>, _ record: EpochRecord) throws(TrainingError) {
        try engine { () throws(NeuralNetError) in
            try model(try session.parameters(), epoch: record.epoch).save(to: folder.bestFile.path)
        }
    }

    private func model(_ parameters: ParameterStore, epoch: Int) throws(NeuralNetError) -> SegmentationModel {
        try SegmentationModel(
            architecture: recipe.architecture, parameters: parameters,
            metadata: metadata.merging(["epoch": "\(epoch)", "seed": "\(recipe.seed)"]) { $1 })
    }

    private func saveCheckpoint(_ session: TrainingSession<B>, epoch: Int) throws(TrainingError) {
        try engine { () throws(NeuralNetError) in
            try session.state().save(
                to: folder.checkpointFile.path,
                metadata: recipe.architecture.metadata.merging(["epoch": "\(epoch)"]) { $1 })
        }
    }
}

/// What a run tells of itself while it goes on.
public enum TrainingEvent: Hashable, Sendable {
    case started(epochsDone: Int, epochs: Int, batchesPerEpoch: Int)
    /// `loss` is the mean of the epoch's batches so far.
    case batch(epoch: Int, batch: Int, batches: Int, loss: Double)
    /// The best model so far was saved.
    case improved(EpochRecord)
    /// The epoch's checkpoint is in place.
    case epoch(EpochRecord)
    /// The picture of the training curves could not be drawn or written; the run goes on.
    case curvesNotDrawn(ImagingError)
}
