/// One call of a forward pass, loss or backward pass, with its operands' places.
struct TrainingStep: Sendable {
    enum Kind: Hashable, Sendable {
        // Forward: x → y.
        case convolution3x3(relu: Bool)
        case convolution1x1(relu: Bool)
        case transposedConvolution
        case batchNormalization(relu: Bool, constants: BatchNormalization)
        /// A batch normalisation with running statistics.
        case scaleShift(relu: Bool)
        case relu
        case maxPool
        case maxUnpool(pool: Int)
        case copy
        case dropout(rate: Float)
        case softmax
        // The loss of x and its gradient gx.
        case loss
        /// The host reads x and writes its gradient gx.
        case objective
        // Backward: gy → gx or a parameter's gradient.
        case reluBackward
        case batchNormBackward(relu: Bool)
        case scaleGradient
        case biasGradient
        case convolution3x3WeightGradient
        case convolution3x3DataGradient
        case convolution1x1WeightGradient
        case convolution1x1DataGradient
        case transposedGradients
        case transposedDataGradient
        case maxPoolBackward(pool: Int, accumulating: Bool)
        case maxUnpoolBackward(pool: Int)
        case dropoutBackward(rate: Float)
        case softmaxBackward
        case copyGradient
        case addGradient
    }

    /// A buffer of the arena.
    enum BufferKey: Hashable, Sendable {
        /// The activation of a node, and whatever lives in slices of its channels.
        case activation(Int)
        /// The gradient with respect to it.
        case gradient(Int)
        /// The indices of a pooling.
        case indices(Int)
        /// A gradient on its way to being added, by the number of the step that makes it.
        case temporary(Int)
        /// Scratch memory, by the number of the step.
        case scratch(Int)
    }

    /// An activation or gradient: a slice of the channels of a buffer.
    struct Operand: Hashable, Sendable {
        let buffer: BufferKey
        let channelOffset: Int
        let stride: Int
        let shape: Shape

        var pixels: PixelLayout { PixelLayout(stride: stride, firstChannel: channelOffset) }
    }

    let kind: Kind
    /// The node that names the step and owns its parameters.
    let node: Int
    var x: Operand?
    var y: Operand?
    var gy: Operand?
    var gx: Operand?

    /// The pooling whose indices it writes or reads.
    var pool: Int? {
        switch kind {
        case .maxPool: node
        case .maxUnpool(let pool), .maxPoolBackward(let pool, _), .maxUnpoolBackward(let pool): pool
        default: nil
        }
    }

    /// Buffers whose content matters while it runs.
    var buffers: [BufferKey] {
        [x, y, gy, gx].compactMap { $0?.buffer } + (pool.map { [.indices($0)] } ?? [])
    }
}
