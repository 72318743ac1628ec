import CCUDA
import CUDARuntime
import NeuralNet

/// One computation as cuDNN is asked for it: a convolution with what may be fused behind it, or the gradient of its weights.
package struct ConvolutionGraph: Hashable, Sendable {
    package enum Work: Hashable, Sendable {
        /// y = relu?(x ∗ w + bias?)
        case forward(bias: Bool, relu: Bool)
        /// gw = the gradient of the weights, float32 or of the activations' type.
        case weightGradient(ElementType)
    }

    let work: Work
    let shape: ConvolutionShape
    let element: ElementType

    package init(work: Work, shape: ConvolutionShape, element: ElementType) {
        self.work = work
        self.shape = shape
        self.element = element
    }

    /// The names that tensors have in the graph and in the list of addresses.
    enum Tensor: Int64 {
        case x = 1
        case weights, bias, y, sum, biased
    }

    var output: Shape {
        get throws(NeuralNetError) { try shape.input.with(c: shape.outputChannels) }
    }

    /// The operations in a graph that cuDNN has checked. Throws what cuDNN says.
    func build(_ cudnn: CudnnHandle) throws(CudnnFailure) -> CudnnDescriptor {
        let graph = try CudnnDescriptor(LT_CUDNN_OPERATION_GRAPH, cudnn.source)
        try graph.set(LT_CUDNN_GRAPH_HANDLE, LT_CUDNN_TYPE_HANDLE, [cudnn.handle])
        try graph.set(LT_CUDNN_GRAPH_OPERATIONS, try operations(cudnn.source))
        try graph.finalize()
        return graph
    }

    /// The operations alone, which cuDNN checks without a device.
    package func operations(_ source: CudnnSource) throws(CudnnFailure) -> [CudnnDescriptor] {
        switch work {
        case .forward(let bias, let relu): try forward(source, bias: bias, relu: relu)
        case .weightGradient(let result): [try weightGradient(source, result)]
        }
    }

    private func forward(_ source: CudnnSource, bias: Bool, relu: Bool) throws(CudnnFailure) -> [CudnnDescriptor] {
        let y = try activation(source, .y, shape.outputChannels, shape.outputPixels)
        func result(_ name: Tensor, isLast: Bool) throws(CudnnFailure) -> CudnnDescriptor {
            isLast ? y : try intermediate(source, name)
        }
        let sum = try result(.sum, isLast: !bias && !relu)
        let convolution = try CudnnDescriptor(LT_CUDNN_OPERATION_CONVOLUTION_FORWARD, source)
        try convolution.set(LT_CUDNN_FORWARD_CONVOLUTION, [try geometry(source)])
        try convolution.set(
            LT_CUDNN_FORWARD_X, [try activation(source, .x, shape.input.c, shape.inputPixels)])
        try convolution.set(LT_CUDNN_FORWARD_W, [try weights(source, element)])
        try convolution.set(LT_CUDNN_FORWARD_Y, [sum])
        try convolution.set(LT_CUDNN_FORWARD_ALPHA, LT_CUDNN_TYPE_FLOAT, [Float(1)])
        try convolution.set(LT_CUDNN_FORWARD_BETA, LT_CUDNN_TYPE_FLOAT, [Float(0)])
        try convolution.finalize()
        var operations = [convolution]
        var last = sum
        if bias {
            let biased = try result(.biased, isLast: !relu)
            let values = try tensor(
                source, .bias, [1, shape.outputChannels, 1, 1],
                [shape.outputChannels, 1, shape.outputChannels, shape.outputChannels], .float32, alignment: 4)
            operations.append(try pointwise(source, LT_CUDNN_POINTWISE_ADD, last, values, biased))
            last = biased
        }
        if relu { operations.append(try pointwise(source, LT_CUDNN_POINTWISE_RELU_FWD, last, nil, y)) }
        return operations
    }

    private func weightGradient(_ source: CudnnSource, _ result: ElementType) throws(CudnnFailure) -> CudnnDescriptor {
        let gradient = try CudnnDescriptor(LT_CUDNN_OPERATION_CONVOLUTION_BACKWARD_FILTER, source)
        try gradient.set(LT_CUDNN_BACKWARD_FILTER_CONVOLUTION, [try geometry(source)])
        try gradient.set(
            LT_CUDNN_BACKWARD_FILTER_X, [try activation(source, .x, shape.input.c, shape.inputPixels)])
        try gradient.set(
            LT_CUDNN_BACKWARD_FILTER_DY, [try activation(source, .y, shape.outputChannels, shape.outputPixels)])
        try gradient.set(LT_CUDNN_BACKWARD_FILTER_DW, [try weights(source, result)])
        try gradient.set(LT_CUDNN_BACKWARD_FILTER_ALPHA, LT_CUDNN_TYPE_FLOAT, [Float(1)])
        try gradient.set(LT_CUDNN_BACKWARD_FILTER_BETA, LT_CUDNN_TYPE_FLOAT, [Float(0)])
        try gradient.finalize()
        return gradient
    }

    /// 3×3, stride 1, same padding, sums in float32.
    private func geometry(_ source: CudnnSource) throws(CudnnFailure) -> CudnnDescriptor {
        let geometry = try CudnnDescriptor(LT_CUDNN_CONVOLUTION, source)
        try geometry.set(LT_CUDNN_CONVOLUTION_COMPUTE_TYPE, dataType: LT_CUDNN_FLOAT)
        try geometry.set(
            LT_CUDNN_CONVOLUTION_MODE, LT_CUDNN_TYPE_CONVOLUTION_MODE, [LT_CUDNN_CROSS_CORRELATION.code])
        try geometry.set(LT_CUDNN_CONVOLUTION_SPATIAL_DIMENSIONS, int64: [2])
        try geometry.set(LT_CUDNN_CONVOLUTION_DILATIONS, int64: [1, 1])
        try geometry.set(LT_CUDNN_CONVOLUTION_STRIDES, int64: [1, 1])
        try geometry.set(LT_CUDNN_CONVOLUTION_PRE_PADDINGS, int64: [1, 1])
        try geometry.set(LT_CUDNN_CONVOLUTION_POST_PADDINGS, int64: [1, 1])
        try geometry.finalize()
        return geometry
    }

    private func pointwise(
        _ source: CudnnSource, _ mode: Int, _ x: CudnnDescriptor, _ b: CudnnDescriptor?, _ y: CudnnDescriptor
    ) throws(CudnnFailure) -> CudnnDescriptor {
        let function = try CudnnDescriptor(LT_CUDNN_POINTWISE, source)
        try function.set(LT_CUDNN_POINTWISE_MODE, LT_CUDNN_TYPE_POINTWISE_MODE, [mode.code])
        try function.set(LT_CUDNN_POINTWISE_MATH_PRECISION, dataType: LT_CUDNN_FLOAT)
        try function.finalize()
        let operation = try CudnnDescriptor(LT_CUDNN_OPERATION_POINTWISE, source)
        try operation.set(LT_CUDNN_OPERATION_POINTWISE_DESCRIPTION, [function])
        try operation.set(LT_CUDNN_OPERATION_POINTWISE_X, [x])
        if let b { try operation.set(LT_CUDNN_OPERATION_POINTWISE_B, [b]) }
        try operation.set(LT_CUDNN_OPERATION_POINTWISE_Y, [y])
        try operation.finalize()
        return operation
    }

    // MARK: - Tensors. cuDNN counts dimensions N, C, H, W whatever the order in memory; the strides say channels-last.

    private func activation(
        _ source: CudnnSource, _ name: Tensor, _ channels: Int, _ pixels: PixelLayout
    ) throws(CudnnFailure) -> CudnnDescriptor {
        let (n, h, w) = (shape.input.n, shape.input.h, shape.input.w)
        let alignment = ConvolutionGraph.alignment(ofByte: pixels.firstChannel * element.bytes)
        return try tensor(
            source, name, [n, channels, h, w], [h * w * pixels.stride, 1, w * pixels.stride, pixels.stride], element,
            alignment: alignment)
    }

    /// Out × 3 × 3 × in in memory.
    private func weights(_ source: CudnnSource, _ element: ElementType) throws(CudnnFailure) -> CudnnDescriptor {
        let inputs = shape.input.c
        return try tensor(
            source, .weights, [shape.outputChannels, inputs, 3, 3], [9 * inputs, 1, 3 * inputs, inputs], element,
            alignment: 16)
    }

    /// A float32 value between two operations that never reaches memory.
    private func intermediate(_ source: CudnnSource, _ name: Tensor) throws(CudnnFailure) -> CudnnDescriptor {
        let (n, h, w, c) = (shape.input.n, shape.input.h, shape.input.w, shape.outputChannels)
        return try tensor(
            source, name, [n, c, h, w], [h * w * c, 1, w * c, c], .float32, alignment: 16, isVirtual: true)
    }

    private func tensor(
        _ source: CudnnSource, _ name: Tensor, _ dimensions: [Int], _ strides: [Int], _ element: ElementType,
        alignment: Int,
        isVirtual: Bool = false
    ) throws(CudnnFailure) -> CudnnDescriptor {
        let tensor = try CudnnDescriptor(LT_CUDNN_TENSOR, source)
        try tensor.set(LT_CUDNN_TENSOR_UNIQUE_ID, int64: [Int(name.rawValue)])
        try tensor.set(LT_CUDNN_TENSOR_DATA_TYPE, dataType: element.cudnn)
        try tensor.set(LT_CUDNN_TENSOR_DIMENSIONS, int64: dimensions)
        try tensor.set(LT_CUDNN_TENSOR_STRIDES, int64: strides)
        try tensor.set(LT_CUDNN_TENSOR_BYTE_ALIGNMENT, int64: [alignment])
        try tensor.set(LT_CUDNN_TENSOR_IS_VIRTUAL, LT_CUDNN_TYPE_BOOLEAN, [isVirtual])
        try tensor.finalize()
        return tensor
    }

    /// What cuDNN may count on of an address so many bytes behind a multiple of 64: up to 16.
    static func alignment(ofByte offset: Int) -> Int { offset == 0 ? 16 : min(16, offset & -offset) }
}

extension ElementType {
    var cudnn: Int {
        switch self {
        case .float32: LT_CUDNN_FLOAT
        case .float16: LT_CUDNN_HALF
        case .bfloat16: LT_CUDNN_BFLOAT16
        }
    }
}
