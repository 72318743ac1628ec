/// Conversion of weights between PyTorch's element order and the engine's, which has the output channels last.
///
/// | layer | PyTorch | engine |
/// | --- | --- | --- |
/// | convolution | [out][in][row][column] | [row][column][in][out] |
/// | transposed convolution | [in][out][row][column] | [in][row][column][out] |
enum WeightLayout {
    /// PyTorch's order to the engine's.
    static func toEngine(_ values: [Float], _ spec: ParameterSpec) -> [Float] {
        switch spec.layout {
        case .convolution:
            // [out] × [in·taps] → [in·taps] × [out], then the taps before the input channels.
            let (outputs, inputs, taps) = dimensions(spec)
            return permuted(values, outputs, inputs, taps) { o, i, t in (t * inputs + i) * outputs + o }
        case .transposedConvolution:
            let (inputs, outputs, taps) = dimensions(spec)
            return permuted(values, inputs, outputs, taps) { i, o, t in (i * taps + t) * outputs + o }
        case .channels, .scalar:
            return values
        }
    }

    /// The engine's order to PyTorch's.
    static func toPyTorch(_ values: [Float], _ spec: ParameterSpec) -> [Float] {
        switch spec.layout {
        case .convolution:
            let (outputs, inputs, taps) = dimensions(spec)
            return permuted(values, taps, inputs, outputs) { t, i, o in (o * inputs + i) * taps + t }
        case .transposedConvolution:
            let (inputs, outputs, taps) = dimensions(spec)
            return permuted(values, inputs, taps, outputs) { i, t, o in (i * outputs + o) * taps + t }
        case .channels, .scalar:
            return values
        }
    }

    /// First and second dimension, and the taps of the kernel.
    private static func dimensions(_ spec: ParameterSpec) -> (Int, Int, Int) {
        (spec.shape[0], spec.shape[1], spec.shape[2] * spec.shape[3])
    }

    /// Moves the element (i, j, k) of a dense a×b×c array to `target(i, j, k)`, which must be a permutation.
    private static func permuted(
        _ values: [Float], _ a: Int, _ b: Int, _ c: Int, _ target: (Int, Int, Int) -> Int
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: values.count) { result, count in
            values.withUnsafeBufferPointer { values in
                var index = 0
                for i in 0..<a {
                    for j in 0..<b {
                        for k in 0..<c {
                            result[target(i, j, k)] = values[index]
                            index += 1
                        }
                    }
                }
            }
            count = values.count
        }
    }
}
