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

    /// Filters and convolutions of VGG16's stages (Simonyan & Zisserman 2015, configuration D).
    private static let stages: [(filters: Int, convolutions: Int)] = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]

    public init(inputChannels: Int, classes: Int, depth: Int = 3) {
        self.inputChannels = inputChannels
        self.classes = classes
        self.depth = depth
    }

    /// The network. Throws `invalidArgument` when channels or classes are below 1 or depth is not 1 to 5.
    public func network() throws(NeuralNetError) -> Network {
        try ArchitectureDescription(self).check(depths: 1...SegNet.stages.count)
        var builder = try NetworkBuilder(inputChannels: inputChannels)
        var x = builder.input
        var pools: [NetworkBuilder.Pooled] = []
        for stage in 0..<depth {
            for index in 0..<SegNet.stages[stage].convolutions {
                x = try layer(x, to: SegNet.stages[stage].filters, "encoder.\(stage).\(index)", &builder)
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
        let (filters, convolutions) = SegNet.stages[stage]
        for index in 0..<(stage == 0 ? convolutions - 1 : convolutions) {
            let narrows = stage > 0 && index == convolutions - 1
            let width = narrows ? SegNet.stages[stage - 1].filters : filters
            x = try layer(x, to: width, "decoder.\(stage).\(index)", &builder)
        }
        return x
    }

    /// 3×3 convolution with bias, batch normalisation, ReLU.
    private func layer(
        _ x: NetworkBuilder.Value, to filters: Int, _ name: String, _ builder: inout NetworkBuilder
    ) throws(NeuralNetError) -> NetworkBuilder.Value {
        var x = try builder.convolution(x, to: filters, name: "\(name).conv")
        x = try builder.batchNormalization(x, name: "\(name).norm")
        return try builder.relu(x, name: "\(name).relu")
    }
}
