import CUDARuntime
import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import TestDeadlines
import TestSupport
import Testing

/// Against the CPU backend, on operands that the element type has exactly.
@Suite("1×1 and transposed convolutions through cuBLASLt's products")
struct ProductTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let n, h, w, inputs, outputs: Int
        var margin = 0
        var testDescription: String { "\(n)×\(h)×\(w), \(inputs) to \(outputs) channels, margin \(margin)" }
    }

    static let cases = [
        Case(n: 1, h: 1, w: 1, inputs: 1, outputs: 1), Case(n: 2, h: 3, w: 5, inputs: 7, outputs: 4),
        Case(n: 1, h: 4, w: 2, inputs: 16, outputs: 8, margin: 8),
        Case(n: 3, h: 2, w: 3, inputs: 5, outputs: 3, margin: 1),
    ]

    private let cpu: CPUBackend

    init() throws { cpu = try CPUBackend(threads: 1) }

    @Test(arguments: cases, ElementType.allCases)
    func convolution1x1(shape: Case, element: ElementType) throws {
        for fusing in [true, false] {
            try withStandIn(element, setting: fusing ? "" : "no fused products") { gpu, _ in
                let operands = Operands(shape, element, upsampling: 1)
                for (bias, relu) in [(true, false), (true, true), (false, true), (false, false)] {
                    let expected = try operands.convolution1x1(on: cpu, bias: bias, relu: relu) { try cpu.dense($0) }
                    let found = try operands.convolution1x1(on: gpu, bias: bias, relu: relu) { try gpu.values($0) }
                    expect(found, expected, element)
                }
            }
        }
    }

    @Test(arguments: cases, ElementType.allCases)
    func transposedConvolution(shape: Case, element: ElementType) throws {
        for fusing in [true, false] {
            try withStandIn(element, setting: fusing ? "" : "no fused products") { gpu, _ in
                let operands = Operands(shape, element, upsampling: 2)
                for bias in [true, false] {
                    let expected = try operands.transposed(on: cpu, bias: bias) { try cpu.dense($0) }
                    let found = try operands.transposed(on: gpu, bias: bias) { try gpu.values($0) }
                    expect(found, expected, element)
                }
            }
        }
    }

    @Test(arguments: cases, TestGPU.exact)
    func gradients(shape: Case, on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            for upsampling in [1, 2] {
                let operands = Operands(shape, element, upsampling: upsampling)
                let expected = try operands.gradients(on: cpu) { try cpu.dense($0) }
                let found = try operands.gradients(on: gpu) { try gpu.values($0) }
                expect(found.gx, expected.gx, element)
                expect(found.gw, expected.gw, element)
            }
        }
    }

    @Test func anAlgorithmIsChosenOnce() throws {
        try withStandIn { gpu, libraries in
            let operands = Operands(ProductTests.cases[1], .float32, upsampling: 1)
            for _ in 0..<3 { _ = try operands.convolution1x1(on: gpu, bias: true, relu: true) { try gpu.values($0) } }
            #expect(libraries.calls("cublasLtMatmulAlgoGetHeuristic") == 1)
            #expect(libraries.calls("cublasLtMatmul") == 3)
        }
    }

    @Test func aFailureIsToldByTheNextSynchronize() throws {
        try withStandIn { gpu, libraries in
            let operands = Operands(ProductTests.cases[1], .float32, upsampling: 1)
            for (status, code) in [(3, NeuralNetError.Code.outOfMemory), (13, .device)] {
                libraries.fail("cublasLtMatmul", result: status)
                do {
                    _ = try operands.convolution1x1(on: gpu, bias: false, relu: false) { try gpu.values($0) }
                    Issue.record("Nothing was thrown.")
                } catch let error as NeuralNetError {
                    #expect(error.code == code)
                }
            }
        }
    }

    /// Sums of up to 48 products, rounded once or twice; the weights of the CPU's run are those the type has.
    private func expect(
        _ found: [Float], _ expected: [Float], _ element: ElementType, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let size = expected.map { abs($0) }.max() ?? 0
        let tolerance = element == .float32 ? 1e-5 : 4 * element.epsilon * max(size, 1)
        #expect(largestDifference(found, expected) <= tolerance, sourceLocation: sourceLocation)
    }
}

/// Random operands of a product, the same on every backend.
private struct Operands {
    let shape: ProductTests.Case
    /// 1: a 1×1 convolution; 2: a transposed one.
    let upsampling: Int
    private let x, gy, weights, bias: [Float]

    init(_ shape: ProductTests.Case, _ element: ElementType, upsampling: Int) {
        var random = SeededGenerator(seed: 11)
        func values(_ count: Int) -> [Float] {
            (0..<count).map { _ in element.rounded(Float.random(in: -1...1, using: &random)) }
        }
        self.shape = shape
        self.upsampling = upsampling
        let pixels = shape.n * shape.h * shape.w
        let taps = upsampling * upsampling
        x = values(pixels * shape.inputs)
        gy = values(pixels * taps * shape.outputs)
        weights = values(taps * shape.inputs * shape.outputs)
        bias = values(shape.outputs)
    }

    private var inputShape: Shape {
        get throws { try Shape(n: shape.n, h: shape.h, w: shape.w, c: shape.inputs) }
    }
    private var outputShape: Shape {
        get throws {
            try Shape(n: shape.n, h: shape.h * upsampling, w: shape.w * upsampling, c: shape.outputs)
        }
    }

    func convolution1x1<B: ProductBackend>(
        on backend: B, bias hasBias: Bool, relu: Bool, read: (B.View) throws -> [Float]
    ) throws -> [Float] {
        let packed = try backend.scratch(
            backend.packedConvolution1x1Bytes(inputChannels: shape.inputs, outputChannels: shape.outputs))
        backend.packConvolution1x1(
            inputChannels: shape.inputs, outputChannels: shape.outputs, weights: try backend.slice(weights),
            packed: packed)
        let y = try backend.view(try outputShape, margin: shape.margin)
        backend.convolution1x1(
            x: try backend.filled(try inputShape, margin: shape.margin, x), packed: packed,
            bias: hasBias ? try backend.slice(bias) : nil, relu: relu, y: y)
        return try read(y)
    }

    func transposed<B: ProductBackend>(
        on backend: B, bias hasBias: Bool, read: (B.View) throws -> [Float]
    ) throws -> [Float] {
        let packed = try backend.scratch(
            backend.packedTransposedBytes(inputChannels: shape.inputs, outputChannels: shape.outputs))
        backend.packTransposed(
            inputChannels: shape.inputs, outputChannels: shape.outputs, weights: try backend.slice(weights),
            packed: packed)
        let y = try backend.view(try outputShape, margin: shape.margin)
        backend.transposedConvolution(
            x: try backend.filled(try inputShape, margin: shape.margin, x), packed: packed,
            bias: hasBias ? try backend.slice(bias) : nil, y: y)
        return try read(y)
    }

    func gradients<B: ProductBackend>(
        on backend: B, read: (B.View) throws -> [Float]
    ) throws -> (gx: [Float], gw: [Float]) {
        let input = try backend.filled(try inputShape, margin: shape.margin, x)
        let above = try backend.filled(try outputShape, margin: shape.margin, gy)
        let gx = try backend.view(try inputShape, margin: shape.margin)
        let gw = try backend.scratch(weights.count * 4)
        let w = try backend.slice(weights)
        if upsampling == 2 {
            let bytes = backend.transposedGradientScratchBytes(input: try inputShape, outputChannels: shape.outputs)
            backend.transposedGradients(
                x: input, gy: above, weights: w, gx: gx, gw: gw, scratch: try backend.scratch(bytes))
        } else {
            backend.convolution1x1DataGradient(
                gy: above, weights: w, gx: gx,
                scratch: try backend.scratch(
                    backend.convolution1x1DataGradientScratchBytes(
                        inputChannels: shape.inputs, outputChannels: shape.outputs)))
            let bytes = backend.convolution1x1GradientScratchBytes(
                input: try inputShape, outputChannels: shape.outputs)
            backend.convolution1x1WeightGradient(x: input, gy: above, gw: gw, scratch: try backend.scratch(bytes))
        }
        return (try read(gx), try backend.floats(gw))
    }
}

/// What products need of a backend.
private typealias ProductBackend = DeviceMemory & ProductOperations

extension DeviceMemory {
    /// A view with these values; the channels beside it are zeros.
    fileprivate func filled(_ shape: Shape, margin: Int, _ values: [Float]) throws -> View {
        let view = try view(shape, margin: margin)
        let wide = try Shape(n: shape.n, h: shape.h, w: shape.w, c: view.stride)
        var all = [Float](repeating: 0, count: wide.count)
        for (index, value) in values.enumerated() {
            all[index / shape.c * view.stride + margin + index % shape.c] = value
        }
        let whole = DeviceView(
            buffer: view.buffer, offset: 0, shape: wide, stride: view.stride, element: activationElement)
        all.withUnsafeBufferPointer { upload($0, to: whole) }
        return view
    }
}

extension CPUBackend {
    /// The values of a view that may be a slice of channels.
    fileprivate func dense(_ view: View) throws -> [Float] {
        let margin = view.offset / 4
        let bytes = view.shape.pixels * view.stride * 4
        let all = try floats(DeviceSlice(buffer: view.buffer, offset: 0, bytes: bytes))
        return (0..<view.shape.count).map { all[$0 / view.shape.c * view.stride + margin + $0 % view.shape.c] }
    }
}
