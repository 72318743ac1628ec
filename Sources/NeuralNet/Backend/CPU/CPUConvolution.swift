import CKernels

/// 3×3 convolutions.
extension CPUBackend {
    public typealias ConvolutionPlan = lt_conv3x3_plan

    public func makeConvolutionPlan(_ shape: ConvolutionShape) -> lt_conv3x3_plan {
        let make = shape.accuracy == .high ? lt_conv3x3_plan_make_accurate : lt_conv3x3_plan_make
        let input = shape.input
        return make(
            context, Int64(input.n), Int64(input.h), Int64(input.w), Int64(input.c), Int64(shape.outputChannels))
    }

    public func convolutionPlan(_ plan: lt_conv3x3_plan, images: Int) -> lt_conv3x3_plan {
        // Packing depends on the channels and the algorithm, blocks of tiles are upper bounds: both stay valid.
        var plan = plan
        plan.n = Int64(images)
        return plan
    }

    public func requirements(of plan: lt_conv3x3_plan) -> ConvolutionRequirements {
        withUnsafePointer(to: plan) { plan in
            ConvolutionRequirements(
                algorithm: plan.pointee.algorithmName, packedBytes: lt_conv3x3_packed_floats(plan).floatBytes,
                scratchBytes: lt_conv3x3_scratch_floats(plan).floatBytes)
        }
    }

    public func weightGradientScratchBytes(of plan: lt_conv3x3_plan) -> Int {
        withUnsafePointer(to: plan) { lt_conv3x3_weight_gradient_scratch_floats($0).floatBytes }
    }

    public func packConvolution(_ plan: lt_conv3x3_plan, weights: Slice, packed: Slice) {
        withUnsafePointer(to: plan) { lt_conv3x3_pack(context, $0, weights.floats, packed.floats) }
    }

    public func convolution(
        _ plan: lt_conv3x3_plan, x: View, weights: Slice, bias: Slice?, relu: Bool, y: View, scratch: Slice
    ) {
        withUnsafePointer(to: plan) {
            lt_conv3x3_forward(
                context, $0, x.kernel, weights.floats, bias?.floats, relu ? 1 : 0, y.kernel, scratch.floats)
        }
    }

    public func rotateConvolution(inputChannels: Int, outputChannels: Int, weights: Slice, rotated: Slice) {
        lt_conv3x3_rotate(context, Int64(inputChannels), Int64(outputChannels), weights.floats, rotated.floats)
    }

    public func convolutionWeightGradient(_ plan: lt_conv3x3_plan, x: View, gy: View, gw: Slice, scratch: Slice) {
        withUnsafePointer(to: plan) {
            lt_conv3x3_weight_gradient(context, $0, x.kernel, gy.kernel, gw.floats, scratch.floats)
        }
    }
}

extension lt_conv3x3_plan {
    fileprivate var algorithmName: String {
        switch algorithm {
        case LT_CONV_WINOGRAD_4: "Winograd F(4×4)"
        case LT_CONV_WINOGRAD_6: "Winograd F(6×6)"
        default: "direct"
        }
    }
}

extension Int64 {
    /// The bytes of this many float32 values.
    var floatBytes: Int { Int(self) * MemoryLayout<Float>.size }
}
