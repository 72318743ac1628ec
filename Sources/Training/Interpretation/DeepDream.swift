import NeuralNet

/// How pictures are dreamt.
public struct DreamOptions: Hashable, Sendable {
    public var objective: DreamObjective
    /// Sizes that a picture is dreamt at, from the smallest to its own; each is `scale` times the one before.
    public var octaves: Int
    public var scale: Double
    /// Steps at each size.
    public var iterations: Int
    /// How far a step moves the picture: the standard deviation of the change, of an input from −1 to 1.
    public var stepSize: Float
    /// The largest random shift, in pixels, before each gradient is taken; it keeps the borders and the pooling's grid out
    /// of the picture.
    public var jitter: Int
    /// Standard deviation, in pixels, of the Gaussian that smooths the gradient in an octave's first step; it falls to half
    /// of that towards the last. 0 leaves the gradient as it is.
    public var smoothing: Double
    /// Octaves of spatial frequency that the gradient is split into, to let coarse structure count as much as fine; 1 leaves
    /// it as it is.
    public var bands: Int
    /// Decides the noise that a picture starts from, and the shifts.
    public var seed: UInt64

    public init(
        objective: DreamObjective = .logit, octaves: Int = 4, scale: Double = 1.4, iterations: Int = 20,
        stepSize: Float = 0.03, jitter: Int = 8, smoothing: Double = 2, bands: Int = 4, seed: UInt64 = 0
    ) {
        self.objective = objective
        self.octaves = octaves
        self.scale = scale
        self.iterations = iterations
        self.stepSize = stepSize
        self.jitter = jitter
        self.smoothing = smoothing
        self.bands = bands
        self.seed = seed
    }

    /// Throws `invalidArgument` for numbers that nothing can be dreamt with.
    func check() throws(TrainingError) {
        guard (1...16).contains(octaves), scale > 1, scale <= 8, (1...10_000).contains(iterations), stepSize > 0,
            stepSize.isFinite, (0...4096).contains(jitter), smoothing >= 0, smoothing <= 64, (1...8).contains(bands)
        else {
            throw TrainingError(
                .invalidArgument, subject: "Deep Dream",
                message: "Octaves must be 1 to 16, their scale above 1 and at most 8, iterations 1 to 10000, the step "
                    + "size above 0, jitter 0 to 4096, smoothing 0 to 64 pixels and bands 1 to 8: \(self).")
        }
    }
}

/// How far a dream has come.
public struct DreamProgress: Hashable, Sendable {
    /// All of them count from 1.
    public let octave, octaves: Int
    public let iteration, iterations: Int
    /// Before the iteration's step.
    public let objective: Double
    /// The picture's size in this octave.
    public let height, width: Int
}

/// A picture that a class likes to see, and the way there.
public struct Dream: Sendable {
    public let channel: Int
    /// −1 … 1, as the network sees a slice.
    public let picture: Plane
    /// One entry per iteration of every octave.
    public let steps: [DreamProgress]
}

/// Deep Dream (Mordvintsev, Olah & Tyka 2015; the paper's Fig. 4): gradient ascent on the network's input for one channel
/// of its output, over a pyramid of sizes, so that large structures come before fine ones.
///
/// The picture always stays in −1…1, the range of slices. The same options and start give the same bits.
public struct DeepDream<B: Backend>: Sendable {
    public let network: Network
    public let options: DreamOptions
    private let parameters: ParameterStore
    private let backend: B

    /// Throws `invalidArgument` for options out of range, `shapeMismatch` for a network that sees more than one channel.
    public init(
        network: Network, parameters: ParameterStore, options: DreamOptions = DreamOptions(), backend: B
    ) throws(TrainingError) {
        try options.check()
        guard network.inputChannels == 1 else {
            throw TrainingError(
                .shapeMismatch, subject: "Deep Dream",
                message: "Pictures are dreamt for networks with one input channel, but this has "
                    + "\(network.inputChannels).")
        }
        self.network = network
        self.parameters = parameters
        self.options = options
        self.backend = backend
    }

    /// Dreams of class `channel` from faint grey noise, `height`×`width`.
    ///
    /// Throws `invalidArgument` for a channel that is none or a size that the network cannot take, `cancelled` when the
    /// current task is cancelled (checked before every layer), `engine`.
    public func dream(
        of channel: Int, height: Int, width: Int, _ observe: (DreamProgress) -> Void = { _ in }
    ) throws(TrainingError) -> Dream {
        let grain = network.granularity
        guard height >= 1, width >= 1, height <= 8192, width <= 8192, height % grain == 0, width % grain == 0 else {
            throw TrainingError(
                .invalidArgument, subject: "Deep Dream",
                message:
                    "Height and width must be multiples of \(grain) up to 8192, but they are \(height) and \(width).")
        }
        let sizes = sizes(height, width)
        var random = RandomGenerator(seed: options.seed, stream: "noise")
        let noise = Plane(
            unchecked: (0..<(sizes[0].height * sizes[0].width)).map { _ in Float(0.1 * random.normal()) },
            height: sizes[0].height, width: sizes[0].width)
        return try dream(of: channel, base: Plane(zeros: height, width), change: noise, sizes, observe)
    }

    /// Dreams of class `channel` into a picture, such as a slice as the network sees it. Throws as above.
    public func dream(
        of channel: Int, from picture: Plane, _ observe: (DreamProgress) -> Void = { _ in }
    ) throws(TrainingError) -> Dream {
        let grain = network.granularity
        guard picture.height % grain == 0, picture.width % grain == 0 else {
            throw TrainingError(
                .invalidArgument, subject: "Deep Dream",
                message: "Height and width must be multiples of \(grain), but the picture has "
                    + "\(picture.height)×\(picture.width) pixels.")
        }
        let sizes = sizes(picture.height, picture.width)
        let none = Plane(zeros: sizes[0].height, sizes[0].width)
        return try dream(of: channel, base: picture, change: none, sizes, observe)
    }

    /// The pyramid's sizes, all of them multiples of what the network takes, each once.
    private func sizes(_ height: Int, _ width: Int) -> [(height: Int, width: Int)] {
        let grain = Double(network.granularity)
        func side(_ whole: Int, _ factor: Double) -> Int {
            Int(max(1, (Double(whole) * factor / grain).rounded()) * grain)
        }
        var sizes: [(height: Int, width: Int)] = []
        var factor = 1.0
        for _ in 0..<options.octaves {
            let size = (height: side(height, factor), width: side(width, factor))
            if sizes.last.map({ $0 != size }) ?? true { sizes.append(size) }
            factor /= options.scale
        }
        return sizes.reversed()
    }

    /// What is dreamt is kept apart from what it is dreamt into, so that the picture loses no detail to the pyramid.
    private func dream(
        of channel: Int, base: Plane, change: Plane, _ sizes: [(height: Int, width: Int)],
        _ observe: (DreamProgress) -> Void
    ) throws(TrainingError) -> Dream {
        guard (0..<network.outputChannels).contains(channel) else {
            throw TrainingError(
                .invalidArgument, subject: "Deep Dream",
                message: "The network has the classes 0 to \(network.outputChannels - 1), but not \(channel).")
        }
        var random = RandomGenerator(seed: options.seed, stream: "shifts")
        var change = change
        var picture = base
        var steps: [DreamProgress] = []
        for (octave, size) in sizes.enumerated() {
            let base = base.resized(to: size.height, size.width)
            picture = base.adding(change.resized(to: size.height, size.width), factor: 1).clamped()
            let session = try engine { () throws(NeuralNetError) in
                try InputGradientSession(
                    network: network, parameters: parameters, backend: backend, height: size.height, width: size.width)
            }
            for iteration in 1...options.iterations {
                let progress = options.iterations > 1 ? Double(iteration - 1) / Double(options.iterations - 1) : 0
                let (objective, gradient) = try gradient(of: picture, channel, session, &random)
                let step = DreamProgress(
                    octave: octave + 1, octaves: sizes.count, iteration: iteration, iterations: options.iterations,
                    objective: objective, height: size.height, width: size.width)
                steps.append(step)
                observe(step)
                let slope = gradient.smoothed(options.smoothing * (1 - progress / 2)).equalized(bands: options.bands)
                let deviation = Float(slope.standardDeviation)
                // Nothing left to climb.
                guard deviation > 0 else { continue }
                picture = picture.adding(slope, factor: options.stepSize / deviation).clamped()
            }
            change = picture.adding(base, factor: -1)
        }
        return Dream(channel: channel, picture: picture, steps: steps)
    }

    /// The objective and its gradient, taken where a random shift puts the picture.
    private func gradient(
        of picture: Plane, _ channel: Int, _ session: InputGradientSession<B>, _ random: inout RandomGenerator
    ) throws(TrainingError) -> (objective: Double, gradient: Plane) {
        let (down, right) = (shift(picture.height, &random), shift(picture.width, &random))
        return try engine { () throws(NeuralNetError) in
            let input = try Tensor(picture.shifted(down, right).values, shape: session.plan.input)
            var objective = 0.0
            let result = try session.run(input) { logits throws(NeuralNetError) in
                let (value, gradient) = try options.objective.evaluate(logits, channel: channel)
                objective = value
                return gradient
            }
            let shifted = Plane(unchecked: result.gradient.values, height: picture.height, width: picture.width)
            return (objective, shifted.shifted(-down, -right))
        }
    }

    private func shift(_ side: Int, _ random: inout RandomGenerator) -> Int {
        let largest = min(options.jitter, side / 2)
        return Int.random(in: -largest...largest, using: &random)
    }
}

extension Plane {
    /// Held within −1…1.
    fileprivate func clamped() -> Plane {
        var result = self
        for index in values.indices { result.values[index] = min(max(values[index], -1), 1) }
        return result
    }
}
