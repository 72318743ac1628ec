/// A planned step with its operands in a backend's memory.
struct BoundStep<B: Backend>: Sendable {
    enum Operation: Sendable {
        case convolution3x3(plan: B.ConvolutionPlan, weights: B.Slice, bias: B.Slice?, relu: Bool)
        case convolution1x1(packed: B.Slice, bias: B.Slice?, relu: Bool)
        case transposedConvolution(packed: B.Slice, bias: B.Slice?)
        case scaleShift(scale: B.Slice, shift: B.Slice, relu: Bool)
        case relu
        case maxPool(indices: B.Slice?)
        case maxUnpool(indices: B.Slice)
        case copy
        case softmax
    }

    let operation: Operation
    let input: B.View
    let output: B.View
    let scratch: B.Slice

    init(
        _ planned: InferencePlan.PlannedStep, backend: B, arena: B.Buffer, weights: B.Buffer
    ) throws(NeuralNetError) {
        func slice(_ span: InferencePlan.ByteRange, of buffer: B.Buffer) -> B.Slice {
            DeviceSlice(buffer: buffer, offset: span.offset, bytes: span.bytes)
        }
        input = planned.input.view(in: arena)
        output = planned.output.view(in: arena)
        scratch = slice(planned.scratch, of: arena)
        let bias = planned.bias.map { slice($0, of: weights) }
        switch (planned.step.kind, planned.weights, planned.indices) {
        case (.convolution(3, _, let relu), let span?, _):
            let plan = backend.makeConvolutionPlan(
                ConvolutionShape(
                    input: input.shape, outputChannels: output.shape.c, inputPixels: planned.input.pixels,
                    outputPixels: planned.output.pixels, accuracy: .standard))
            operation = .convolution3x3(plan: plan, weights: slice(span, of: weights), bias: bias, relu: relu)
        case (.convolution(1, _, let relu), let span?, _):
            operation = .convolution1x1(packed: slice(span, of: weights), bias: bias, relu: relu)
        case (.transposedConvolution, let span?, _):
            operation = .transposedConvolution(packed: slice(span, of: weights), bias: bias)
        case (.batchNormalization(let relu), let span?, _):
            operation = .scaleShift(scale: slice(span, of: weights), shift: bias!, relu: relu)
        case (.maxPool, _, let span): operation = .maxPool(indices: span.map { slice($0, of: arena) })
        case (.maxUnpool, _, let span?): operation = .maxUnpool(indices: slice(span, of: arena))
        case (.relu, _, _): operation = .relu
        case (.copy, _, _): operation = .copy
        case (.softmax, _, _): operation = .softmax
        default:
            throw NeuralNetError(
                .unsupported, operation: "inference plan", message: "The step \(planned.step.kind) cannot be run.")
        }
    }

    /// Enqueues the step for the first `images` of its images.
    func run(on backend: B, images: Int) {
        let x = input.firstImages(images)
        let y = output.firstImages(images)
        switch operation {
        case .convolution3x3(let plan, let weights, let bias, let relu):
            let plan = images == input.shape.n ? plan : backend.convolutionPlan(plan, images: images)
            backend.convolution(plan, x: x, weights: weights, bias: bias, relu: relu, y: y, scratch: scratch)
        case .convolution1x1(let packed, let bias, let relu):
            backend.convolution1x1(x: x, packed: packed, bias: bias, relu: relu, y: y)
        case .transposedConvolution(let packed, let bias):
            backend.transposedConvolution(x: x, packed: packed, bias: bias, y: y)
        case .scaleShift(let scale, let shift, let relu):
            backend.scaleShift(x: x, scale: scale, shift: shift, relu: relu, y: y)
        case .relu: backend.relu(x: x, y: y)
        case .maxPool(let indices): backend.maxPool(x: x, y: y, indices: indices)
        case .maxUnpool(let indices): backend.maxUnpool(x: x, indices: indices, accumulating: false, y: y)
        case .copy: backend.copy(x: x, y: y)
        case .softmax: backend.softmax(x: x, y: y)
        }
    }
}

extension InferencePlan.Operand {
    func view<Buffer>(in arena: Buffer) -> DeviceView<Buffer> {
        DeviceView(buffer: arena, offset: offset, shape: shape, stride: pixels.stride, element: element)
    }
}
