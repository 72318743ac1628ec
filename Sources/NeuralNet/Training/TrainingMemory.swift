/// The device memory of a forward and backward pass, and how a plan's names map to it.
struct TrainingMemory<B: Backend>: Sendable {
    let plan: TrainingPlan
    let element: ElementType
    let arena: B.Buffer
    /// Gradients, moments and what belongs to the loss are empty where the plan is for the input's gradient.
    let parameters, gradients, firstMoment, secondMoment, statistics: B.Buffer
    /// Labels and class weights, which the host writes.
    let labels: B.Slice
    let classWeights: B.Slice?
    /// What the device finds of a step, side by side in one slice, which the host reads.
    let report: StepReport<B.Buffer>
    let reportBytes: B.Slice

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
        let sections = ReportSections(lossBytes: loss == nil ? 0 : backend.lossResultBytes)
        let results = try backend.allocate(bytes: sections.bytes)
        func section(_ range: Range<Int>) -> B.Slice {
            DeviceSlice(buffer: results, offset: range.lowerBound, bytes: range.count)
        }
        report = StepReport(
            loss: section(sections.loss), squares: section(sections.squares), badInputs: section(sections.badInputs),
            failures: section(sections.failures))
        reportBytes = section(0..<sections.bytes)
        if let weights = loss?.classWeights {
            let bytes = weights.count * MemoryLayout<Float>.size
            let slice = B.Slice(buffer: try backend.allocate(bytes: bytes), offset: 0, bytes: bytes)
            backend.upload(weights, to: slice)
            classWeights = slice
        } else {
            classWeights = nil
        }
    }

    /// Where the parts of a report are in its bytes.
    var sections: ReportSections { ReportSections(lossBytes: report.loss.bytes) }

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

/// Where the parts of a step's report are, in bytes from its start.
struct ReportSections: Hashable, Sendable {
    let loss, squares, badInputs, failures: Range<Int>
    var bytes: Int { failures.upperBound }

    init(lossBytes: Int) {
        let start = ArenaLayout.aligned(lossBytes)
        loss = 0..<lossBytes
        squares = start..<(start + 8)
        badInputs = (start + 8)..<(start + 16)
        failures = (start + 16)..<(start + 24)
    }
}
