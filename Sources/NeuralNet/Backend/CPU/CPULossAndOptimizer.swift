import CKernels

/// Losses and the optimiser's step.
extension CPUBackend {
    public func lossScratchBytes(logits: Shape) -> Int {
        lt_loss_scratch_floats(context, Int64(logits.n), Int64(logits.h), Int64(logits.w), Int64(logits.c)).floatBytes
    }

    public var lossResultBytes: Int { MemoryLayout<lt_loss_result>.size }

    public func loss(
        logits: View, labels: Slice, options: LossOptions<CPUBuffer>, gradient: View, result: Slice, scratch: Slice
    ) {
        let kernelOptions = lt_loss_options(
            class_weights: options.classWeights.map { UnsafePointer($0.floats) },
            ignore: options.ignoredLabel.map { Int32($0) } ?? -1, cross_entropy_weight: options.crossEntropyWeight,
            dice_weight: options.diceWeight)
        let value = lt_loss(context, logits.kernel, labels.indices, kernelOptions, gradient.kernel, scratch.floats)
        result.address.storeBytes(of: value, as: lt_loss_result.self)
        if options.gradientScale != 1 { scale(gradient, by: options.gradientScale) }
    }

    private func scale(_ view: View, by factor: Float) {
        let kernel = view.kernel
        for pixel in 0..<view.shape.pixels {
            for channel in 0..<view.shape.c { kernel.data[pixel * view.stride + channel] *= factor }
        }
    }

    public func lossResult(_ bytes: UnsafeRawBufferPointer) -> LossResult {
        let value = bytes.loadUnaligned(as: lt_loss_result.self)
        return LossResult(
            loss: value.loss, crossEntropy: value.cross_entropy, diceLoss: value.dice_loss,
            countedPixels: Int(value.counted), badLabels: Int(value.bad_label))
    }

    public func adam(
        parameters: Slice, gradients: Slice, firstMoment: Slice, secondMoment: Slice, step: AdamStep,
        unless failures: Slice?
    ) {
        guard !failures.countsAny else { return }
        let options = lt_adam_options(
            learning_rate: step.learningRate, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon, l2: step.l2,
            gradient_scale: step.gradientScale, step: Int64(step.step))
        lt_adam(
            context, Int64(parameters.floatCount), parameters.floats, gradients.floats, firstMoment.floats,
            secondMoment.floats, options)
    }

    public func sumOfSquares(_ x: Slice, into sum: Slice) {
        sum.address.storeBytes(of: lt_sum_of_squares(context, Int64(x.floatCount), x.floats), as: Double.self)
    }

    public func judge(_ report: StepReport<CPUBuffer>) {
        let loss = lossResult(UnsafeRawBufferPointer(start: report.loss.address, count: report.loss.bytes))
        let isGood =
            report.badInputs.address.load(as: Int64.self) == 0 && loss.badLabels == 0 && loss.loss.isFinite
            && report.squares.address.load(as: Double.self).isFinite
        if !isGood {
            let failures = report.failures.address.load(as: Int64.self)
            report.failures.address.storeBytes(of: failures + 1, as: Int64.self)
        }
    }
}

extension Optional where Wrapped == DeviceSlice<CPUBuffer> {
    /// Whether it counts something.
    var countsAny: Bool { (self?.address.load(as: Int64.self) ?? 0) > 0 }
}
