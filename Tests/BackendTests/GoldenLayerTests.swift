import CUDATestSupport
import NeuralNet
import TestSupport
import Testing

/// Every layer, forward and backward, against PyTorch in float64.
///
/// Tolerances: values are of order 1, and sums of K float32 products round to about √K·6e-8, which 2e-5 covers. The
/// transforms of Winograd's F(6×6) multiply that: up to 1e-5 of the whole (L2), and ten times that in a single value. A
/// wrong term is off by 1e-2 and more.
@Suite("Layers against PyTorch")
struct GoldenLayerTests {
    let golden: Golden

    init() throws { golden = try Golden("layers.safetensors") }

    /// PyTorch's [out][in][rows][columns] as the backend's [rows][columns][in][out], or back.
    func permuted(_ values: [Float], out: Int, in inputs: Int, taps: Int, toEngine: Bool) -> [Float] {
        var result = values
        for o in 0..<out {
            for i in 0..<inputs {
                for t in 0..<taps {
                    let torch = (o * inputs + i) * taps + t
                    let engine = (t * inputs + i) * out + o
                    if toEngine { result[engine] = values[torch] } else { result[torch] = values[engine] }
                }
            }
        }
        return result
    }

    static let convolutions = ["conv3x3_1_5", "conv3x3_one_pixel", "conv3x3_13_17", "conv3x3_16_32"].flatMap { name in
        [ConvolutionAccuracy.standard, .high].map { (name, $0) }
    }

    @Test("3×3 convolution", arguments: TestDevice.all, convolutions)
    func convolution(on test: TestDevice, of: (name: String, accuracy: ConvolutionAccuracy)) throws {
        try test.run { try convolution($0, on: test, of) }
    }

    private func convolution<B: Backend>(
        _ backend: B, on test: TestDevice, _ of: (name: String, accuracy: ConvolutionAccuracy)
    ) throws {
        let device = Device(backend, golden, on: test)
        let (name, accuracy) = of
        let x = try device.view("\(name).x")
        let gy = try device.view("\(name).gy")
        let (inputs, outputs) = (x.shape.c, gy.shape.c)
        let torch = try device.golden.floats("\(name).weight")
        let weights = try device.slice(permuted(torch, out: outputs, in: inputs, taps: 9, toEngine: true))

        func convolve(_ x: B.View, _ weights: B.Slice, _ bias: B.Slice?, _ y: B.View) throws {
            let plan = backend.makeConvolutionPlan(input: x.shape, outputChannels: y.shape.c, accuracy: accuracy)
            let needs = backend.requirements(of: plan)
            let packed = needs.packedBytes > 0 ? try device.scratch(needs.packedBytes) : weights
            if needs.packedBytes > 0 { backend.packConvolution(plan, weights: weights, packed: packed) }
            backend.convolution(
                plan, x: x, weights: packed, bias: bias, relu: false, y: y,
                scratch: try device.scratch(needs.scratchBytes))
        }
        let y = try device.empty(gy.shape)
        try convolve(x, weights, try device.slice("\(name).bias"), y)
        try device.expectConvolution(try device.planes(y), "\(name).y", accuracy: accuracy)

        let rotated = try device.scratch(weights.bytes)
        backend.rotateConvolution(inputChannels: inputs, outputChannels: outputs, weights: weights, rotated: rotated)
        let gx = try device.empty(x.shape)
        try convolve(gy, rotated, nil, gx)
        try device.expectConvolution(try device.planes(gx), "\(name).gx", accuracy: accuracy)

        let plan = backend.makeConvolutionPlan(input: x.shape, outputChannels: outputs, accuracy: accuracy)
        let gw = try device.scratch(weights.bytes)
        backend.convolutionWeightGradient(
            plan, x: x, gy: gy, gw: gw,
            scratch: try device.scratch(backend.weightGradientScratchBytes(of: plan)))
        let gradient = permuted(try device.floats(gw), out: outputs, in: inputs, taps: 9, toEngine: false)
        try device.expectConvolution(gradient, "\(name).gweight", accuracy: accuracy)
        try device.expectBiasGradient(gy, "\(name).gbias")
    }

    @Test("1×1 convolution", arguments: TestDevice.all)
    func convolution1x1(on test: TestDevice) throws {
        try test.run { try convolution1x1($0, on: test) }
    }

    private func convolution1x1<B: Backend>(_ backend: B, on test: TestDevice) throws {
        let device = Device(backend, golden, on: test)
        let name = "conv1x1_7_4"
        let x = try device.view("\(name).x")
        let gy = try device.view("\(name).gy")
        let torch = try device.golden.floats("\(name).weight")
        let weights = try device.slice(permuted(torch, out: 4, in: 7, taps: 1, toEngine: true))
        let packed = try device.scratch(backend.packedConvolution1x1Bytes(inputChannels: 7, outputChannels: 4))
        backend.packConvolution1x1(inputChannels: 7, outputChannels: 4, weights: weights, packed: packed)
        let y = try device.empty(gy.shape)
        backend.convolution1x1(x: x, packed: packed, bias: try device.slice("\(name).bias"), relu: false, y: y)
        try device.expect(try device.planes(y), "\(name).y")

        let gx = try device.empty(x.shape)
        let bytes = backend.convolution1x1DataGradientScratchBytes(inputChannels: 7, outputChannels: 4)
        backend.convolution1x1DataGradient(gy: gy, weights: weights, gx: gx, scratch: try device.scratch(bytes))
        try device.expect(try device.planes(gx), "\(name).gx")
        let gw = try device.scratch(weights.bytes)
        let scratch = backend.convolution1x1GradientScratchBytes(input: x.shape, outputChannels: 4)
        backend.convolution1x1WeightGradient(x: x, gy: gy, gw: gw, scratch: try device.scratch(scratch))
        let gradient = permuted(try device.floats(gw), out: 4, in: 7, taps: 1, toEngine: false)
        try device.expect(gradient, "\(name).gweight")
        try device.expectBiasGradient(gy, "\(name).gbias")
    }

    @Test("2×2 transposed convolution", arguments: TestDevice.all, ["upconv_6_5", "upconv_16_8"])
    func transposedConvolution(on test: TestDevice, name: String) throws {
        try test.run { try transposedConvolution($0, on: test, name) }
    }

    private func transposedConvolution<B: Backend>(_ backend: B, on test: TestDevice, _ name: String) throws {
        let device = Device(backend, golden, on: test)
        let x = try device.view("\(name).x")
        let gy = try device.view("\(name).gy")
        let (inputs, outputs) = (x.shape.c, gy.shape.c)
        // [in][out][taps] ↔ [in][taps][out]: a transposition of each input channel's matrix.
        func swapped(_ values: [Float], _ rows: Int, _ columns: Int) -> [Float] {
            (0..<values.count).map { index in
                let matrix = index / (rows * columns)
                let (row, column) = (index / rows % columns, index % rows)
                return values[(matrix * rows + column) * columns + row]
            }
        }
        let weights = try device.slice(swapped(try device.golden.floats("\(name).weight"), outputs, 4))
        let packed = try device.scratch(
            backend.packedTransposedBytes(inputChannels: inputs, outputChannels: outputs))
        backend.packTransposed(inputChannels: inputs, outputChannels: outputs, weights: weights, packed: packed)
        let y = try device.empty(gy.shape)
        backend.transposedConvolution(x: x, packed: packed, bias: try device.slice("\(name).bias"), y: y)
        try device.expect(try device.planes(y), "\(name).y")

        let gx = try device.empty(x.shape)
        let gw = try device.scratch(weights.bytes)
        let scratch = backend.transposedGradientScratchBytes(input: x.shape, outputChannels: outputs)
        backend.transposedGradients(
            x: x, gy: gy, weights: weights, gx: gx, gw: gw, scratch: try device.scratch(scratch))
        try device.expect(try device.planes(gx), "\(name).gx")
        try device.expect(swapped(try device.floats(gw), 4, outputs), "\(name).gweight")
        try device.expectBiasGradient(gy, "\(name).gbias")
    }
}
