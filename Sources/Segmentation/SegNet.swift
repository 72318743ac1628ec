import NeuralNet

/// SegNet (Badrinarayanan, Kendall & Cipolla 2017): VGG16's first `depth` stages as encoder, each convolution followed by
/// batch normalisation and ReLU; the decoder mirrors it and upsamples with the encoder's pooling indices.
///
/// N×H×W×inputChannels → logits N×H×W×classes; H and W divisible by 2^depth.
public struct SegNet: Hashable, Sendable {
    public let inputChannels: Int
    public let classes: Int
    /// Stages of the encoder, 1 to 5.
    public let depth: Int
    /// Filters of the first stage: 64 in VGG16, whose other stages keep their ratio to it.
    public let baseFilters: Int

    /// Multiples of the first stage's filters and numbers of convolutions in VGG16's stages (Simonyan & Zisserman 2015,
    /// configuration D).
    private static let stages: [(multiple: Int, convolutions: Int)] = [(1, 2), (2, 2), (4, 3), (8, 3), (8, 3)]

    public init(inputChannels: Int, classes: Int, depth: Int = 3, baseFilters: Int = 64) {
        self.inputChannels = inputChannels
        self.classes = classes
        self.depth = depth
        self.baseFilters = baseFilters
    }

    /// The network. Throws `invalidArgument` when a number is out of range: channels and classes from 1, depth 1 to 5,
    /// filters 1 to 4096.
    public func network() throws(NeuralNetError) -> Network {
        try ArchitectureDescription(self).check(depths: 1...SegNet.stages.count)
        var builder = try NetworkBuilder(inputChannels: inputChannels)
        var x = builder.input
        var pools: [NetworkBuilder.Pooled] = []
        for stage in 0..<depth {
            for index in 0..<SegNet.stages[stage].convolutions {
                x = try layer(x, to: filters(stage), "encoder.\(stage).\(index)", &builder)
            }
            pools.append(try builder.maxPool(x, name: "pool.\(stage)"))
            x = pools[stage].value
        }
        for stage in (0..<depth).reversed() {
            x = try builder.maxUnpool(x, indices: pools[stage].indices, name: "unpool.\(stage)")
            x = try decoderStage(x, stage, &builder)
        }
        x = try builder.convolution(x, to: classes, name: "classifier")
        return try builder.network(output: x)
    }

    /// As many convolutions as the encoder's stage, the last to the width of the stage above; in stage 0 the last one is
    /// the classifier.
    private func decoderStage(
        _ x: NetworkBuilder.Value, _ stage: Int, _ builder: inout NetworkBuilder
    ) throws(NeuralNetError) -> NetworkBuilder.Value {
        var x = x
        let convolutions = SegNet.stages[stage].convolutions
        for index in 0..<(stage == 0 ? convolutions - 1 : convolutions) {
            let narrows = stage > 0 && index == convolutions - 1
            let width = filters(narrows ? stage - 1 : stage)
            x = try layer(x, to: width, "decoder.\(stage).\(index)", &builder)
        }
        return x
    }

    private func filters(_ stage: Int) -> Int { baseFilters * SegNet.stages[stage].multiple }

    /// 3×3 convolution with bias, batch normalisation, ReLU.
    private func layer(
        _ x: NetworkBuilder.Value, to filters: Int, _ name: String, _ builder: inout NetworkBuilder
    ) throws(NeuralNetError) -> NetworkBuilder.Value {
        var x = try builder.convolution(x, to: filters, name: "\(name).conv")
        x = try builder.batchNormalization(x, name: "\(name).norm")
        return try builder.relu(x, name: "\(name).relu")
    }
}
