/// A call of a forward or backward pass with its operands in a backend's memory.
struct BoundTrainingStep<B: Backend>: Sendable {
    enum Operation: Sendable {
        case convolution3x3(BoundConvolution<B>, bias: B.Slice?, relu: Bool)
        case convolution1x1(weights: B.Slice, packed: B.Slice, bias: B.Slice?, relu: Bool)
        case transposedConvolution(weights: B.Slice, packed: B.Slice, bias: B.Slice)
        case batchNormalization(BoundNormalization<B>, BatchNormalization)
        /// Of x → y, or of gy → gx: the gradient of a scaling is the scaling.
        case scaleShift(scale: B.Slice, shift: B.Slice, relu: Bool)
        case relu
        case maxPool(indices: B.Slice)
        case maxUnpool(indices: B.Slice)
        case copy
        case dropout(rate: Float)
        case softmax
        case loss(LossOptions<B.Buffer>, scratch: B.Slice)
        /// Left to the host.
        case objective
        case reluBackward
        case batchNormBackward(BoundNormalization<B>)
        case biasGradient(B.Slice, scratch: B.Slice)
        case convolution3x3WeightGradient(B.ConvolutionPlan, gradient: B.Slice, scratch: B.Slice)
        case convolution3x3DataGradient(BoundConvolution<B>)
        case convolution1x1WeightGradient(gradient: B.Slice, scratch: B.Slice)
        case convolution1x1DataGradient(weights: B.Slice, scratch: B.Slice)
        /// `gradient` is the weights', nil where it is not wanted.
        case transposedGradients(weights: B.Slice, gradient: B.Slice?, scratch: B.Slice)
        case maxPoolBackward(indices: B.Slice, accumulating: Bool)
        case maxUnpoolBackward(indices: B.Slice)
        case softmaxBackward
        case add
    }

    let operation: Operation
    let node: Int
    let name: String
    let x, y, gy, gx: B.View?

    /// Enqueues the call. `seed` is this optimiser step's, for dropout; `gradientScale` is the loss's.
    func run(on backend: B, memory: TrainingMemory<B>, seed: UInt64, gradientScale: Float = 1) {
        switch operation {
        case .convolution3x3(let convolution, let bias, let relu):
            convolution.forward(x!, bias: bias, relu: relu, y!, on: backend)
        case .convolution1x1(let weights, let packed, let bias, let relu):
            backend.packConvolution1x1(
                inputChannels: x!.shape.c, outputChannels: y!.shape.c, weights: weights, packed: packed)
            backend.convolution1x1(x: x!, packed: packed, bias: bias, relu: relu, y: y!)
        case .transposedConvolution(let weights, let packed, let bias):
            backend.packTransposed(
                inputChannels: x!.shape.c, outputChannels: y!.shape.c, weights: weights, packed: packed)
            backend.transposedConvolution(x: x!, packed: packed, bias: bias, y: y!)
        case .batchNormalization(let norm, let constants):
            norm.forward(x!, y!, epsilon: constants.epsilon, on: backend)
        case .scaleShift(let scale, let shift, let relu):
            backend.scaleShift(x: x ?? gy!, scale: scale, shift: shift, relu: relu, y: y ?? gx!)
        case .relu: backend.relu(x: x!, y: y!)
        case .maxPool(let indices): backend.maxPool(x: x!, y: y!, indices: indices)
        case .maxUnpool(let indices): backend.maxUnpool(x: x!, indices: indices, accumulating: false, y: y!)
        case .copy: backend.copy(x: x ?? gy!, y: y ?? gx!)
        case .dropout(let rate):
            // The mask depends on the seed alone, so the backward pass is the same function of the gradient.
            backend.dropout(x: x ?? gy!, rate: rate, seed: seed ^ dropoutStream, y: y ?? gx!)
        case .softmax: backend.softmax(x: x!, y: y!)
        case .loss(let options, let scratch):
            backend.loss(
                logits: x!, labels: memory.labels, options: options.scaling(gradientScale), gradient: gx!,
                result: memory.report.loss,
                scratch: scratch)
        case .objective: break
        default: runBackward(on: backend)
        }
    }

    private func runBackward(on backend: B) {
        switch operation {
        case .reluBackward: backend.reluBackward(y: y!, gy: gy!, gx: gx!)
        case .batchNormBackward(let norm): norm.backward(x!, gy!, gx!, on: backend)
        case .biasGradient(let gradient, let scratch): backend.channelSums(x: gy!, sums: gradient, scratch: scratch)
        case .convolution3x3WeightGradient(let plan, let gradient, let scratch):
            backend.convolutionWeightGradient(plan, x: x!, gy: gy!, gw: gradient, scratch: scratch)
        case .convolution3x3DataGradient(let convolution): convolution.dataGradient(gy!, gx!, on: backend)
        case .convolution1x1WeightGradient(let gradient, let scratch):
            backend.convolution1x1WeightGradient(x: x!, gy: gy!, gw: gradient, scratch: scratch)
        case .convolution1x1DataGradient(let weights, let scratch):
            backend.convolution1x1DataGradient(gy: gy!, weights: weights, gx: gx!, scratch: scratch)
        case .transposedGradients(let weights, let gradient, let scratch):
            // Without a gradient of the weights only the shape of the input counts, which its gradient has too.
            backend.transposedGradients(
                x: x ?? gx!, gy: gy!, weights: weights, gx: gx, gw: gradient, scratch: scratch)
        case .maxPoolBackward(let indices, let accumulating):
            backend.maxUnpool(x: gy!, indices: indices, accumulating: accumulating, y: gx!)
        case .maxUnpoolBackward(let indices): backend.maxGather(x: gy!, indices: indices, y: gx!)
        case .softmaxBackward: backend.softmaxBackward(y: y!, gy: gy!, gx: gx!)
        case .add: backend.add(x: gy!, y: gx!)
        default: break
        }
    }

    /// A different mask for every dropout layer.
    private var dropoutStream: UInt64 {
        var mixer = SplitMix64(state: UInt64(node))
        return mixer.next()
    }
}
