import NeuralNet

/// U-Net (Ronneberger, Fischer & Brox 2015) with same padding: an encoder of `depth` levels, a bottleneck, and a decoder
/// that upsamples by transposed convolutions and reads the encoder's features through skip connections.
///
/// N×H×W×inputChannels → logits N×H×W×classes; H and W divisible by 2^depth.
public struct UNet: Hashable, Sendable {
    public let inputChannels: Int
    public let classes: Int
    /// Halvings between input and bottleneck.
    public let depth: Int
    /// Filters of the first level; each level below has twice as many.
    public let baseFilters: Int
    /// Whether a batch normalisation follows each 3×3 convolution, which then has no bias.
    public let batchNorm: Bool
    /// Rate of the dropout behind the deepest encoder level and the bottleneck; 0 leaves it out.
    public let dropout: Float

    public init(
        inputChannels: Int, classes: Int, depth: Int = 4, baseFilters: Int = 64, batchNorm: Bool = true,
        dropout: Float = 0
    ) {
        self.inputChannels = inputChannels
        self.classes = classes
        self.depth = depth
        self.baseFilters = baseFilters
        self.batchNorm = batchNorm
        self.dropout = dropout
    }

    /// The network. Throws `invalidArgument` when a number is out of range: channels, classes and filters from 1, depth
    /// 1 to 8, dropout from 0 to below 1.
    public func network() throws(NeuralNetError) -> Network {
        try check()
        var builder = try NetworkBuilder(inputChannels: inputChannels)
        var x = builder.input
        var skips: [NetworkBuilder.Value] = []
        for level in 0..<depth {
            x = try block(x, "encoder.\(level)", level: level, &builder)
            if level == depth - 1 { x = try dropped(x, &builder) }
            skips.append(x)
            x = try builder.maxPool(x, name: "pool.\(level)").value
        }
        x = try block(x, "bottleneck", level: depth, &builder)
        x = try dropped(x, &builder)
        for level in (0..<depth).reversed() {
            x = try builder.transposedConvolution(x, to: filters(level), name: "upconv.\(level)")
            x = try builder.concatenation([skips[level], x], name: "skip.\(level)")
            x = try block(x, "decoder.\(level)", level: level, &builder)
        }
        x = try builder.convolution(x, to: classes, kernel: 1, name: "head")
        return try builder.network(output: x)
    }

    /// Twice: 3×3 convolution, batch normalisation, ReLU.
    private func block(
        _ x: NetworkBuilder.Value, _ name: String, level: Int, _ builder: inout NetworkBuilder
    ) throws(NeuralNetError) -> NetworkBuilder.Value {
        var x = x
        for index in 1...2 {
            x = try builder.convolution(x, to: filters(level), bias: !batchNorm, name: "\(name).conv\(index)")
            if batchNorm { x = try builder.batchNormalization(x, name: "\(name).norm\(index)") }
            x = try builder.relu(x, name: "\(name).relu\(index)")
        }
        return x
    }

    private func dropped(
        _ x: NetworkBuilder.Value, _ builder: inout NetworkBuilder
    ) throws(NeuralNetError) -> NetworkBuilder.Value {
        dropout > 0 ? try builder.dropout(x, rate: dropout) : x
    }

    private func filters(_ level: Int) -> Int { baseFilters << level }

    private func check() throws(NeuralNetError) {
        let description = ArchitectureDescription(self)
        try description.check(depths: 1...8)
        guard dropout >= 0, dropout < 1 else {
            throw description.outOfRange("Dropout must be at least 0 and below 1, but it is \(dropout).")
        }
    }
}
