import NeuralNet

/// Examples side by side: images N×H×W×1 and labels N×H×W.
struct Batch: Sendable {
    let images: Tensor
    let labels: LabelMap

    init(_ indices: [Int], of source: any ExampleSource, epoch: Int) throws(TrainingError) {
        var values: [Float] = []
        var labels: [UInt8] = []
        values.reserveCapacity(indices.count * source.height * source.width)
        labels.reserveCapacity(values.capacity)
        for index in indices {
            let example = try source.example(index, epoch: epoch)
            guard example.image.count == source.height * source.width, example.labels.count == example.image.count
            else {
                throw TrainingError(
                    .shapeMismatch, subject: source.name(of: index),
                    message: "The example is not \(source.height)×\(source.width).")
            }
            values += example.image
            labels += example.labels
        }
        let (n, h, w) = (indices.count, source.height, source.width)
        images = try engine { () throws(NeuralNetError) in try Tensor(values, shape: try Shape(n: n, h: h, w: w, c: 1))
        }
        self.labels = try engine { () throws(NeuralNetError) in try LabelMap(labels, n: n, h: h, w: w) }
    }
}

/// Predicts every example of a source, `batch` at a time, and compares.
func evaluateExamples(
    of source: any ExampleSource, classes: Int, batch: Int, ignoring ignored: UInt8?,
    predict: (Tensor) throws(NeuralNetError) -> LabelMap
) throws(TrainingError) -> Evaluation {
    var evaluation = Evaluation(classes: classes)
    let pixels = source.height * source.width
    for first in stride(from: 0, to: source.count, by: batch) {
        let indices = Array(first..<min(first + batch, source.count))
        let examples = try Batch(indices, of: source, epoch: 0)
        let predicted: LabelMap
        do {
            predicted = try predict(examples.images)
        } catch {
            throw TrainingError(engine: error)
        }
        for place in indices.indices {
            let range = (place * pixels)..<((place + 1) * pixels)
            try evaluation.add(
                actual: examples.labels.labels[range], predicted: predicted.labels[range], ignoring: ignored)
        }
    }
    return evaluation
}

extension TrainingError {
    init(engine error: NeuralNetError) {
        self.init(
            error.code == .cancelled ? .cancelled : .engine, subject: error.operation, message: error.message,
            cause: error.cause)
    }
}

/// Runs a call of the engine, its error as one of ours.
func engine<Result>(_ body: () throws(NeuralNetError) -> Result) throws(TrainingError) -> Result {
    do {
        return try body()
    } catch {
        throw TrainingError(engine: error)
    }
}
