import NeuralNet
import TestSupport
import Testing

/// The planner against a plain interpreter, over random graphs. A planner that let two live values share memory, gave a
/// slice to the wrong producer or folded a normalisation into the wrong convolution would compute something else.
@Suite("Random networks")
struct RandomNetworkTests {
    static let seeds: Range<UInt64> = 0..<60
    let backend: CPUBackend

    init() throws { backend = try CPUBackend(threads: 2) }

    // A dozen layers of float32 with Winograd's error of at most 1e-5 each, on values that unnormalised layers let grow.
    @Test("inference computes what the plain interpreter computes", arguments: seeds)
    func inference(seed: UInt64) throws {
        let network = try RandomNetwork(seed: seed).network
        let parameters = try ParameterStore.initialized(network, seed: seed).randomized(seed: seed)
        let size = RandomNetwork.size
        let input = try Tensor.normal(Shape(n: 3, h: size, w: size, c: 2), seed: seed)
        let session = try InferenceSession(
            network: network, parameters: parameters, backend: backend, height: size, width: size, microBatch: 2)
        // Three images in micro-batches of two: the second is incomplete. Twice: what the first run left must not matter.
        _ = try session.run(input)
        let output = try session.run(input)
        let reference = try ReferenceNetwork(network, parameters, training: false).output(input)
        let error = relativeError(output.values, reference.data.map { Float($0) })
        #expect(error < 5e-5, "seed \(seed): relative error \(error)")
    }

    @Test("live buffers never overlap", arguments: seeds)
    func noOverlap(seed: UInt64) throws {
        let network = try RandomNetwork(seed: seed, operations: 20).network
        let shape = try Shape(n: 2, h: RandomNetwork.size, w: RandomNetwork.size, c: 2)
        let inference = try InferencePlan(network: network, input: shape, backend: backend)
        #expect(overlap(in: inference.arena) == nil)
        let training = try TrainingPlan(network: network, input: shape, backend: backend)
        #expect(overlap(in: training.arena) == nil)
    }

    /// The interpreter is double precision, so central differences are exact to about 1e-8 of the loss; the tolerance is
    /// that of float32 gradients through a dozen layers.
    @Test("gradients agree with finite differences", arguments: 0..<24 as Range<UInt64>)
    func gradients(seed: UInt64) throws {
        let network = try RandomNetwork(seed: seed, operations: 9).network
        let parameters = try ParameterStore.initialized(network, seed: seed).randomized(seed: seed)
        let size = RandomNetwork.size
        let input = try Tensor.normal(Shape(n: 2, h: size, w: size, c: 2), seed: seed)
        let labels = try LabelMap.random(n: 2, h: size, w: size, classes: 3, seed: seed)
        let loss = Loss.crossEntropyAndDice(classWeights: [0.5, 1, 2], ignoring: 1)
        let session = try TrainingSession(
            network: network, parameters: parameters, backend: backend, batch: 2, height: size, width: size,
            options: .init(loss: loss))
        let value = try session.computeGradients(input, labels: labels).loss
        let reference = try ReferenceNetwork(network, parameters, training: true)
        #expect(abs(value - reference.loss(input, labels: labels, loss)) < 1e-4 * abs(value))
        for spec in network.parameters where spec.role.isTrainable {
            let gradient = try session.gradient(spec.name).map { Double($0) }
            // Along the gradient itself the derivative is its norm, and along a random direction a random share.
            var generator = RandomGenerator(seed: seed, stream: spec.name)
            let direction = gradient.map { _ in generator.normal() / Double(gradient.count).squareRoot() }
            let expected = derivative(reference, spec.name, direction) { $0.loss(input, labels: labels, loss) }
            let actual = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
            let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(
                abs(actual - expected) < 2e-3 * norm + 2e-6,
                "seed \(seed), \(spec.name): \(actual), finite difference \(expected), norm \(norm)")
        }
    }

    private func derivative(
        _ reference: ReferenceNetwork, _ name: String, _ direction: [Double], _ loss: (ReferenceNetwork) -> Double
    ) -> Double {
        let step = 1e-6
        func moved(_ distance: Double) -> Double {
            var other = reference
            other.parameters[name] = zip(reference.parameters[name]!, direction).map { $0 + distance * $1 }
            return loss(other)
        }
        return (moved(step) - moved(-step)) / (2 * step)
    }
}
