/// The device memory of a forward and backward pass, and how a plan's names map to it.
struct TrainingMemory<B: Backend>: Sendable {
    let plan: TrainingPlan
    let element: ElementType
    let arena: B.Buffer
    /// Gradients, moments and what belongs to the loss are empty where the plan is for the input's gradient.
    let parameters, gradients, firstMoment, secondMoment, statistics: B.Buffer
    /// Labels, class weights and the loss result, which the host writes and reads.
    let labels, lossResult: B.Slice
    let classWeights: B.Slice?

    init(plan: TrainingPlan, loss: Loss?, backend: B) throws(NeuralNetError) {
        self.plan = plan
        element = backend.activationElement
        arena = try backend.allocate(bytes: plan.arenaBytes)
        let bytes = plan.layout.count * MemoryLayout<Float>.size
        parameters = try backend.allocate(bytes: bytes)
        let trained = plan.target == .parameters ? bytes : 0
        gradients = try backend.allocate(bytes: trained)
        firstMoment = try backend.allocate(bytes: trained)
        secondMoment = try backend.allocate(bytes: trained)
        statistics = try backend.allocate(bytes: plan.layout.statisticsCount * MemoryLayout<Float>.size)
        let labelBytes = loss == nil ? 0 : plan.output.pixels
        labels = DeviceSlice(buffer: try backend.allocate(bytes: labelBytes), offset: 0, bytes: labelBytes)
        let resultBytes = loss == nil ? 0 : backend.lossResultBytes
        lossResult = DeviceSlice(buffer: try backend.allocate(bytes: resultBytes), offset: 0, bytes: resultBytes)
        if let weights = loss?.classWeights {
            let bytes = weights.count * MemoryLayout<Float>.size
            let slice = B.Slice(buffer: try backend.allocate(bytes: bytes), offset: 0, bytes: bytes)
            backend.upload(weights, to: slice)
            classWeights = slice
        } else {
            classWeights = nil
        }
    }

    func view(_ operand: TrainingStep.Operand) -> B.View {
        DeviceView(
            buffer: arena,
            offset: plan.place(operand.buffer).offset + operand.channelOffset * element.bytes,
            shape: operand.shape, stride: operand.stride, element: element)
    }

    func indices(_ pool: Int) -> B.Slice { slice(plan.place(.indices(pool))) }

    /// The scratch memory of the call with this number.
    func scratch(_ number: Int) -> B.Slice { slice(plan.place(.scratch(number))) }

    func parameter(_ name: String) -> B.Slice { floats(plan.layout.trainable[name], of: parameters) }
    func gradient(_ name: String) -> B.Slice { floats(plan.layout.trainable[name], of: gradients) }
    func statistic(_ name: String) -> B.Slice { floats(plan.layout.statistics[name], of: statistics) }

    func batchStatistic(_ statistic: ParameterLayout.BatchStatistic, of node: String) -> B.Slice {
        self.statistic("\(node).\(statistic.rawValue)")
    }

    /// Part of a whole array of trainable values.
    func floats(_ range: Range<Int>?, of buffer: B.Buffer) -> B.Slice {
        let size = MemoryLayout<Float>.size
        let range = range ?? 0..<0
        return DeviceSlice(buffer: buffer, offset: range.lowerBound * size, bytes: range.count * size)
    }

    private func slice(_ range: InferencePlan.ByteRange) -> B.Slice {
        DeviceSlice(buffer: arena, offset: range.offset, bytes: range.bytes)
    }
}
