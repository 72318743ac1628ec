/// Everything a training run needs to go on where it stopped: parameters with running statistics, the optimiser's
/// moments, and its step.
public struct TrainingState: Sendable {
    public var parameters: ParameterStore
    /// Adam's moments by the parameter's name, in PyTorch's element order.
    public var firstMoments: [String: [Float]]
    public var secondMoments: [String: [Float]]
    /// Optimiser steps taken.
    public var step: Int
}

extension TrainingSession {
    /// The parameters as they are now, in PyTorch's element order, with running statistics. Throws `device`.
    public func parameters() throws(NeuralNetError) -> ParameterStore {
        try counters.withLock { counters throws(NeuralNetError) in
            settle(&counters)
            return try currentParameters(counters)
        }
    }

    /// A snapshot for a checkpoint. Throws `device`.
    public func state() throws(NeuralNetError) -> TrainingState {
        try counters.withLock { counters throws(NeuralNetError) in
            settle(&counters)
            return TrainingState(
                parameters: try currentParameters(counters), firstMoments: try moments(memory.firstMoment),
                secondMoments: try moments(memory.secondMoment), step: counters.steps)
        }
    }

    /// Goes on from a snapshot. Throws `parameterMismatch` or `shapeMismatch` when it is another network's, `notFinite`,
    /// `invalidArgument` for a negative step.
    public func restore(_ state: TrainingState) throws(NeuralNetError) {
        guard state.step >= 0 else {
            throw NeuralNetError(
                .invalidArgument, operation: "training state", message: "The step is negative: \(state.step).")
        }
        try checkMoments(state.firstMoments)
        try checkMoments(state.secondMoments)
        try load(state.parameters)
        counters.withLock { $0.steps = state.step }
        upload(state.firstMoments, to: memory.firstMoment)
        upload(state.secondMoments, to: memory.secondMoment)
        try backend.synchronize()
    }

    /// The gradient of a parameter from the last step, in PyTorch's element order.
    ///
    /// Throws `parameterMismatch` for an unknown or untrained name, `device`.
    public func gradient(_ name: String) throws(NeuralNetError) -> [Float] {
        guard let spec = trainable.first(where: { $0.name == name }) else {
            throw NeuralNetError(
                .parameterMismatch, operation: "parameter \"\(name)\"",
                message: "The network has no such trainable parameter.")
        }
        return try counters.withLock { counters throws(NeuralNetError) in
            settle(&counters)
            let values = try backend.downloadFloats(memory.gradient(name))
            let scale = counters.gradientScale
            return WeightLayout.toPyTorch(scale == 1 ? values : values.map { $0 / scale }, spec)
        }
    }

    /// Replaces the parameters and running statistics; the moments stay.
    func load(_ parameters: ParameterStore) throws(NeuralNetError) {
        try parameters.checkMatches(network)
        try parameters.checkFinite()
        try counters.withLock { counters throws(NeuralNetError) in
            settle(&counters)
            for spec in network.parameters {
                switch spec.role {
                case .weight, .bias, .gamma, .beta:
                    let values = try parameters.values(spec.name)
                    backend.upload(WeightLayout.toEngine(values, spec), to: memory.parameter(spec.name))
                case .runningMean, .runningVariance:
                    backend.upload(try parameters.values(spec.name), to: memory.statistic(spec.name))
                case .batchesTracked:
                    counters.batchesTracked[spec.name] = try parameters.counter(spec.name)
                }
            }
            try backend.synchronize()
        }
    }

    private var trainable: [ParameterSpec] { network.parameters.filter { $0.role.isTrainable } }

    private func currentParameters(_ counters: borrowing Counters) throws(NeuralNetError) -> ParameterStore {
        let batchesTracked = counters.batchesTracked
        return try ParameterStore(network: network) { spec throws(NeuralNetError) in
            switch spec.role {
            case .weight, .bias, .gamma, .beta:
                let values = try backend.downloadFloats(memory.parameter(spec.name))
                return .values(WeightLayout.toPyTorch(values, spec))
            case .runningMean, .runningVariance:
                return .values(try backend.downloadFloats(memory.statistic(spec.name)))
            case .batchesTracked:
                return .counter(batchesTracked[spec.name] ?? 0)
            }
        }
    }

    private func moments(_ buffer: B.Buffer) throws(NeuralNetError) -> [String: [Float]] {
        var result: [String: [Float]] = [:]
        for spec in trainable {
            let values = try backend.downloadFloats(memory.floats(plan.layout.trainable[spec.name], of: buffer))
            result[spec.name] = WeightLayout.toPyTorch(values, spec)
        }
        return result
    }

    private func upload(_ moments: [String: [Float]], to buffer: B.Buffer) {
        for spec in trainable {
            guard let values = moments[spec.name] else { continue }
            let slice = memory.floats(plan.layout.trainable[spec.name], of: buffer)
            backend.upload(WeightLayout.toEngine(values, spec), to: slice)
        }
    }

    private func checkMoments(_ moments: [String: [Float]]) throws(NeuralNetError) {
        for spec in trainable {
            guard let values = moments[spec.name] else {
                throw NeuralNetError(
                    .parameterMismatch, operation: "training state",
                    message: "The moment of \"\(spec.name)\" is missing.")
            }
            guard values.count == spec.count else {
                throw NeuralNetError(
                    .shapeMismatch, operation: "training state",
                    message: "The moment of \"\(spec.name)\" has \(values.count) values, expected \(spec.count).")
            }
            try ParameterStore.checkFinite(values, name: spec.name)
        }
    }
}
