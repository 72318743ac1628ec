import CCUDA
import NeuralNet

/// 3×3 convolutions on cuDNN. It takes weights as out × 3 × 3 × in of the activations' type, so packing transposes and
/// rounds them.
extension CUDABackend: ConvolutionOperations {
    public typealias ConvolutionPlan = CUDAConvolutionPlan

    public func makeConvolutionPlan(_ shape: ConvolutionShape) -> CUDAConvolutionPlan { plans.plan(shape) }

    public func convolutionPlan(_ plan: CUDAConvolutionPlan, images: Int) -> CUDAConvolutionPlan {
        // The whole batch's plan computes all its images, of which the last are whatever lies there: right, but slow. When
        // determinism is asked for, an image's result must not depend on how many others came with it.
        guard !options.isDeterministic, let shape = plan.shape.with(images: images) else { return plan }
        let smaller = plans.plan(shape, workspaceLimit: plan.workspaceBytes)
        guard case .success = smaller.plain, scratchBytes(of: smaller) <= scratchBytes(of: plan) else { return plan }
        return smaller
    }

    public func requirements(of plan: CUDAConvolutionPlan) -> ConvolutionRequirements {
        let weights = 9 * plan.shape.input.c * plan.shape.outputChannels
        let copies = [plan.copiesInput ? "input" : nil, plan.copiesOutput ? "output" : nil].compactMap { $0 }
        let fusing = plan.fused.isEmpty ? "cuDNN, bias apart" : "cuDNN, fused"
        return ConvolutionRequirements(
            algorithm: fusing + (copies.isEmpty ? "" : ", \(copies.joined(separator: " and ")) copied"),
            packedBytes: weights * options.element.bytes, scratchBytes: scratchBytes(of: plan))
    }

    public func packConvolution(_ plan: CUDAConvolutionPlan, weights: Slice, packed: Slice) {
        transpose(
            weights.address, .float32, to: packed.address, options.element, rows: 9 * plan.shape.input.c,
            columns: plan.shape.outputChannels)
    }

    public func convolution(
        _ plan: CUDAConvolutionPlan, x: View, weights: Slice, bias: Slice?, relu: Bool, y: View, scratch: Slice
    ) {
        var operands = DenseOperands(plan.shape.input, scratch: scratch, after: plan.workspaceBytes)
        // A plan for more images than the view has reads and writes on behind it, in the same activation.
        let whole = (x.images(plan.shape.input.n), y.images(plan.shape.input.n))
        let input = plan.copiesInput ? operands.next(like: whole.0) : whole.0
        let output = plan.copiesOutput ? operands.next(like: whole.1) : whole.1
        if plan.copiesInput { copy(x: whole.0, y: input) }
        let fused = bias == nil ? nil : plan.fused[relu]
        switch fused.map({ .success($0) }) ?? plan.plain {
        case .failure(let error): context.fail(error)
        case .success(let executable):
            var addresses: [(ConvolutionGraph.Tensor, lt_cuda_address)] = [
                (.x, input.address), (.weights, weights.address), (.y, output.address),
            ]
            if fused != nil, let bias { addresses.append((.bias, bias.address)) }
            run(executable, addresses, workspace: scratch)
        }
        if fused == nil { finish(output, bias: bias, relu: relu) }
        if plan.copiesOutput { copy(x: output, y: whole.1) }
    }

    public func rotateConvolution(inputChannels: Int, outputChannels: Int, weights: Slice, rotated: Slice) {
        rotate(
            weights.address, to: rotated.address, inputChannels: inputChannels, outputChannels: outputChannels)
    }

    public func weightGradientScratchBytes(of plan: CUDAConvolutionPlan) -> Int {
        let gradient = plans.gradient(plan.shape)
        var bytes = gradient.workspaceBytes + aligned(gradientBytes(plan.shape, gradient.element))
        if gradient.computed.inputPixels != plan.shape.inputPixels {
            bytes += aligned(plan.shape.input.bytes(of: options.element))
        }
        if gradient.computed.outputPixels != plan.shape.outputPixels { bytes += outputBytes(plan.shape) }
        return bytes
    }

    public func convolutionWeightGradient(_ plan: CUDAConvolutionPlan, x: View, gy: View, gw: Slice, scratch: Slice) {
        let gradient = plans.gradient(plan.shape)
        guard case .success(let executable) = gradient.graph else {
            if case .failure(let error) = gradient.graph { context.fail(error) }
            return
        }
        let result = scratch.part(gradient.workspaceBytes, gradientBytes(plan.shape, gradient.element))
        var operands = DenseOperands(
            plan.shape.input, scratch: scratch, after: gradient.workspaceBytes + aligned(result.bytes))
        var input = x
        var output = gy
        if gradient.computed.inputPixels != plan.shape.inputPixels {
            input = operands.next(like: x)
            copy(x: x, y: input)
        }
        if gradient.computed.outputPixels != plan.shape.outputPixels {
            output = operands.next(like: gy)
            copy(x: gy, y: output)
        }
        run(
            executable, [(.x, input.address), (.weights, result.address), (.y, output.address)], workspace: scratch)
        transpose(
            result.address, gradient.element, to: gw.address, .float32, rows: plan.shape.outputChannels,
            columns: 9 * plan.shape.input.c)
    }

    // MARK: - Parts

    private func scratchBytes(of plan: CUDAConvolutionPlan) -> Int {
        plan.workspaceBytes + (plan.copiesInput ? aligned(plan.shape.input.bytes(of: options.element)) : 0)
            + (plan.copiesOutput ? outputBytes(plan.shape) : 0)
    }

    private func outputBytes(_ shape: ConvolutionShape) -> Int {
        aligned(shape.input.pixels * shape.outputChannels * options.element.bytes)
    }

    private func gradientBytes(_ shape: ConvolutionShape, _ element: ElementType) -> Int {
        9 * shape.input.c * shape.outputChannels * element.bytes
    }

    private func run(
        _ executable: ExecutableGraph, _ addresses: [(ConvolutionGraph.Tensor, lt_cuda_address)], workspace: Slice
    ) {
        do throws(CudnnFailure) {
            try executable.run(addresses, workspace: workspace.address, on: cudnn)
        } catch {
            context.fail(error.error("convolution \(executable.graph.shape.input)"))
        }
    }

    /// y = relu?(y + bias), in place, where cuDNN or cuBLASLt did not fuse it.
    func finish(_ y: View, bias: Slice?, relu: Bool) {
        if let bias {
            scaleShift(x: y, scale: ones.part(0, bias.bytes), shift: bias, relu: relu, y: y)
        } else if relu {
            self.relu(x: y, y: y)
        }
    }
}

/// Dense copies of operands, side by side in scratch memory.
private struct DenseOperands {
    private let scratch: DeviceSlice<CUDABuffer>
    private var end: Int

    init(_ input: Shape, scratch: DeviceSlice<CUDABuffer>, after start: Int) {
        self.scratch = scratch
        end = start
    }

    mutating func next(like view: DeviceView<CUDABuffer>) -> DeviceView<CUDABuffer> {
        defer { end += aligned(view.shape.bytes(of: view.element)) }
        return DeviceView(
            buffer: scratch.buffer, offset: scratch.offset + end, shape: view.shape, stride: view.shape.c,
            element: view.element)
    }
}

extension DeviceView where Buffer == CUDABuffer {
    /// The same activation with this number of images.
    fileprivate func images(_ count: Int) -> DeviceView { count == shape.n ? self : firstImages(count) }
}
