import CUDARuntime
import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import TestSupport
import Testing

/// Against plain sums in double precision over the values as the element type has them.
@Suite("3×3 convolutions through cuDNN's graphs")
struct ConvolutionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let n, h, w, inputs, outputs: Int
        /// Channels of a wider tensor on either side.
        var margin = 0
        var testDescription: String { "\(n)×\(h)×\(w), \(inputs) to \(outputs) channels, margin \(margin)" }
    }

    static let cases = [
        Case(n: 1, h: 1, w: 1, inputs: 1, outputs: 1), Case(n: 2, h: 5, w: 7, inputs: 3, outputs: 4),
        Case(n: 1, h: 8, w: 6, inputs: 16, outputs: 8, margin: 8),
        Case(n: 3, h: 4, w: 3, inputs: 5, outputs: 2, margin: 3),
    ]

    /// Dense for the backend or not, by the settings of the stand-in.
    enum Limits: String, CaseIterable {
        case none = "no limits"
        case unfused = "no fused convolutions"
        case dense = "dense convolutions only"
        case sameType = "no mixed gradients"
    }

    @Test(arguments: cases, TestGPU.all)
    func forward(shape: Case, on test: TestGPU) throws {
        if test.isInstalled { return try test.run { try checkForward(shape, on: $0) } }
        for limits in Limits.allCases {
            try withStandIn(test.element, setting: limits.rawValue) { backend, _ in
                try checkForward(shape, on: backend)
            }
        }
    }

    @Test(arguments: cases, TestGPU.all)
    func weightGradient(shape: Case, on test: TestGPU) throws {
        if test.isInstalled { return try test.run { try checkWeightGradient(shape, on: $0) } }
        for limits in Limits.allCases {
            try withStandIn(test.element, setting: limits.rawValue) { backend, _ in
                try checkWeightGradient(shape, on: backend)
            }
        }
    }

    private func checkForward(_ shape: Case, on backend: CUDABackend) throws {
        let operands = try ConvolutionOperands(shape, backend)
        for (bias, relu) in [(true, true), (true, false), (false, true), (false, false)] {
            let plan = backend.makeConvolutionPlan(operands.planned)
            let needs = backend.requirements(of: plan)
            let packed = try backend.scratch(needs.packedBytes)
            backend.packConvolution(plan, weights: try backend.slice(operands.weights), packed: packed)
            let y = try backend.view(operands.outputShape, margin: shape.margin)
            backend.convolution(
                plan, x: operands.x, weights: packed, bias: bias ? try backend.slice(operands.bias) : nil, relu: relu,
                y: y,
                scratch: try backend.scratch(needs.scratchBytes))
            let expected = operands.forward(bias: bias, relu: relu)
            // Where bias and ReLU come as a second step, the sum is rounded once more in between.
            let tolerance = 3 * unit(of: backend) * operands.magnitude
            #expect(largestDifference(try backend.values(y), expected) <= tolerance)
        }
    }

    private func checkWeightGradient(_ shape: Case, on backend: CUDABackend) throws {
        let operands = try ConvolutionOperands(shape, backend)
        let plan = backend.makeConvolutionPlan(operands.planned)
        let gw = try backend.scratch(operands.weights.count * 4)
        backend.convolutionWeightGradient(
            plan, x: operands.x, gy: operands.gy, gw: gw,
            scratch: try backend.scratch(backend.weightGradientScratchBytes(of: plan)))
        let expected = operands.weightGradient()
        let size = expected.map { abs($0) }.max() ?? 0
        #expect(largestDifference(try backend.floats(gw), expected) <= 2 * unit(of: backend) * size + 1e-5)
    }

    /// What operands or results are rounded to; TF32 has float16's significant bits.
    private func unit(of backend: CUDABackend) -> Float {
        let rounds = backend.options.allowsTF32 && backend.activationElement == .float32
        return (rounds ? ElementType.float16 : backend.activationElement).epsilon
    }

    @Test("Engines that change from run to run, or round to TF32 unasked, are not used")
    func engines() throws {
        let shape = Case(n: 1, h: 4, w: 4, inputs: 2, outputs: 2)
        for (element, tf32, expected) in [
            (ElementType.float32, false, "engine 2"), (.float32, true, "engine 1"), (.float16, false, "engine 1"),
        ] {
            // Deterministic: the first that is allowed, without timing.
            try withStandIn(element, deterministic: true, tf32: tf32) { backend, libraries in
                try checkForward(shape, on: backend)
                #expect(libraries.calls("engine 0") == 0)
                #expect(libraries.calls(expected) == 4)
                #expect(libraries.calls("cuEventElapsedTime") == 0)
            }
        }
        try withStandIn(tf32: true) { backend, libraries in
            try checkForward(shape, on: backend)
            #expect(libraries.calls("engine 0") == 0)
            #expect(libraries.calls("cuEventElapsedTime") > 0)
        }
    }

    @Test func aShapeIsPlannedOnce() throws {
        try withStandIn { backend, libraries in
            let shape = ConvolutionShape(
                input: try Shape(n: 1, h: 4, w: 4, c: 2), outputChannels: 2, accuracy: .standard)
            let first = backend.makeConvolutionPlan(shape)
            let calls = libraries.calls("cudnnBackendFinalize")
            #expect(backend.makeConvolutionPlan(shape) === first)
            #expect(libraries.calls("cudnnBackendFinalize") == calls)
        }
    }

    @Test func partOfABatch() throws {
        for deterministic in [false, true] {
            try withStandIn(deterministic: deterministic) { backend, _ in
                let operands = try ConvolutionOperands(Case(n: 4, h: 3, w: 5, inputs: 2, outputs: 3), backend)
                let plan = backend.makeConvolutionPlan(operands.planned)
                let smaller = backend.convolutionPlan(plan, images: 3)
                #expect(
                    backend.requirements(of: smaller).scratchBytes <= backend.requirements(of: plan).scratchBytes)
                let packed = try backend.scratch(backend.requirements(of: plan).packedBytes)
                backend.packConvolution(plan, weights: try backend.slice(operands.weights), packed: packed)
                let y = try backend.view(operands.outputShape)
                backend.convolution(
                    smaller, x: operands.x.firstImages(3), weights: packed, bias: nil, relu: false, y: y.firstImages(3),
                    scratch: try backend.scratch(backend.requirements(of: plan).scratchBytes))
                let part = operands.outputShape.count / 4 * 3
                let expected = operands.forward(bias: false, relu: false)
                #expect(largestDifference(Array(try backend.values(y)[..<part]), Array(expected[..<part])) < 1e-5)
            }
        }
    }

    @Test func aRefusalIsToldByTheNextSynchronize() throws {
        try withStandIn { backend, libraries in
            // Timing's own failures are nobody's.
            libraries.fail("cudnnBackendExecute", result: 5000)
            let operands = try ConvolutionOperands(Case(n: 1, h: 3, w: 3, inputs: 1, outputs: 1), backend)
            let plan = backend.makeConvolutionPlan(operands.planned)
            try backend.synchronize()
            libraries.fail("cudnnBackendExecute", result: 4004)
            backend.convolution(
                plan, x: operands.x, weights: try backend.scratch(64), bias: nil, relu: false,
                y: try backend.view(operands.outputShape),
                scratch: try backend.scratch(backend.requirements(of: plan).scratchBytes))
            do throws(NeuralNetError) {
                try backend.synchronize()
                Issue.record("Nothing was thrown.")
            } catch {
                #expect(error.code == .outOfMemory)
            }
        }
    }
}
