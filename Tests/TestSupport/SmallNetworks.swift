import NeuralNet

/// Networks with every kind of layer that training treats specially, small enough for many runs.
public enum SmallNetwork {
    /// Two levels with normalisation, skip connection, transposed convolution and dropout; 1 channel in, 3 classes out.
    public static func withSkip(dropout: Float = 0) throws -> Network {
        var builder = try NetworkBuilder(inputChannels: 1)
        let a = try block(builder.input, 8, "down", &builder)
        var x = try builder.maxPool(a).value
        x = try block(x, 16, "bottom", &builder)
        x = try builder.dropout(x, rate: dropout, name: "dropout")
        x = try builder.transposedConvolution(x, to: 8, name: "up")
        x = try builder.concatenation([a, x])
        x = try block(x, 8, "out", &builder)
        let head = try builder.convolution(x, to: 3, kernel: 1, name: "head")
        return try builder.network(output: head)
    }

    private static func block(
        _ x: NetworkBuilder.Value, _ filters: Int, _ name: String, _ builder: inout NetworkBuilder
    ) throws -> NetworkBuilder.Value {
        var y = try builder.convolution(x, to: filters, bias: false, name: "\(name).conv")
        y = try builder.batchNormalization(y, name: "\(name).norm")
        return try builder.relu(y, name: "\(name).relu")
    }
}
