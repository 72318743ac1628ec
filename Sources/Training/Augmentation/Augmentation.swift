import NeuralNet

/// How far an example may be changed at random; every range is symmetric around no change unless it says otherwise.
public struct Augmentation: Hashable, Sendable, Codable {
    /// Probability of exchanging left and right.
    public var flip: Double
    /// Largest rotation, in degrees.
    public var rotation: Double
    /// Sizes between 1 − scale and 1 + scale.
    public var scale: Double
    /// Largest shift along rows and columns, as a share of the side.
    public var shift: Double
    /// Largest change of both ends of the HU window, in HU.
    public var window: Double
    /// Gamma between 1 / (1 + gamma) and 1 + gamma, on the windowed values in 0…1.
    public var gamma: Double
    /// Largest standard deviation of added Gaussian noise, in HU.
    public var noise: Double
    /// Largest standard deviation of Gaussian blur, in pixels; half of the examples stay sharp.
    public var blur: Double
    /// Probability of drawing a pleural effusion into a slice whose lungs are known.
    public var effusion: Double

    public init(
        flip: Double = 0, rotation: Double = 0, scale: Double = 0, shift: Double = 0, window: Double = 0,
        gamma: Double = 0, noise: Double = 0, blur: Double = 0, effusion: Double = 0
    ) {
        self.flip = flip
        self.rotation = rotation
        self.scale = scale
        self.shift = shift
        self.window = window
        self.gamma = gamma
        self.noise = noise
        self.blur = blur
        self.effusion = effusion
    }

    /// No change: the paper's protocol.
    public static let none = Augmentation()
    /// Moderate changes of every kind, for the shipped models: patients lie and breathe differently, and scanners differ in
    /// sharpness, noise and, where HU were estimated from pictures, in grey values.
    public static let standard = Augmentation(
        flip: 0.5, rotation: 12, scale: 0.15, shift: 0.06, window: 60, gamma: 0.2, noise: 30, blur: 1)

    /// The same kinds of change with all ranges, but no probability, so many times as wide.
    public func scaled(by strength: Double) -> Augmentation {
        Augmentation(
            flip: flip, rotation: rotation * strength, scale: scale * strength, shift: shift * strength,
            window: window * strength, gamma: gamma * strength, noise: noise * strength, blur: blur * strength,
            effusion: effusion)
    }

    /// Throws `invalidArgument` for a range that makes no sense.
    func check() throws(TrainingError) {
        let ranges = [
            (flip, 0.0, 1.0), (rotation, 0, 180), (scale, 0, 0.9), (shift, 0, 0.5), (window, 0, 500), (gamma, 0, 4),
            (noise, 0, 1000), (blur, 0, 10), (effusion, 0, 1),
        ]
        guard ranges.allSatisfy({ $0.1 <= $0.0 && $0.0 <= $0.2 }) else {
            throw TrainingError(
                .invalidArgument, subject: "augmentation", message: "A number is out of range: \(self).")
        }
    }
}

/// One draw: what is done to one example in one epoch.
struct AugmentationDraw: Sendable {
    var flips: Bool
    /// Radians.
    var rotation: Double
    var scale: Double
    /// Shares of the height and the width.
    var shift: (rows: Double, columns: Double)
    /// HU added to the window's lower and upper end.
    var window: (lower: Float, upper: Float)
    var gamma: Float
    /// HU.
    var noise: Float
    /// Pixels; 0 for none.
    var blur: Double
    var effusion: SyntheticEffusion?

    init(_ ranges: Augmentation, _ generator: inout RandomGenerator) {
        func symmetric(_ limit: Double) -> Double { (2 * generator.uniform() - 1) * limit }
        flips = generator.uniform() < ranges.flip
        rotation = symmetric(ranges.rotation) * .pi / 180
        scale = 1 + symmetric(ranges.scale)
        shift = (symmetric(ranges.shift), symmetric(ranges.shift))
        window = (Float(symmetric(ranges.window)), Float(symmetric(ranges.window)))
        let bend = 1 + generator.uniform() * ranges.gamma
        gamma = Float(generator.uniform() < 0.5 ? bend : 1 / bend)
        noise = Float(generator.uniform() * ranges.noise)
        blur = generator.uniform() < 0.5 ? 0 : generator.uniform() * ranges.blur
        effusion = generator.uniform() < ranges.effusion ? SyntheticEffusion(&generator) : nil
    }

    var movesPixels: Bool { flips || rotation != 0 || scale != 1 || shift != (0, 0) }
}
