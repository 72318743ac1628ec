import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import Testing

/// Sums: close to the CPU's, whose order is another; and the same bits in every order of a block's threads.
@Suite("CUDA kernels of training against the CPU's")
struct TrainingKernelTests {
    private let cpu: CPUBackend

    init() throws { cpu = try CPUBackend(threads: 1, instructionSet: .portable) }

    /// Pixels for several shares and more than one pass of float32 sums.
    private static let many = [
        KernelShape(n: 2, h: 64, w: 49, c: 5), KernelShape(n: 1, h: 33, w: 65, c: 16),
        KernelShape(n: 1, h: 5, w: 7, c: 264, before: 8),
    ]

    private struct ChannelResults: Equatable {
        var mean: [Float], variance: [Float], sums: [Float]
        var inverseStd: [Float], scale: [Float], shift: [Float]
        var gradient: [Float], gamma: [Float], beta: [Float]
    }

    private func channels<B: Backend>(on backend: B, _ shape: KernelShape, _ x: [Float], _ gy: [Float]) throws
        -> ChannelResults
    {
        let scratch = try backend.scratch(backend.channelScratchBytes(channels: shape.c))
        func memory() throws -> B.Slice { try backend.scratch(shape.c * 4) }
        let view = try backend.filled(shape, x)
        let (mean, variance, sums) = (try memory(), try memory(), try memory())
        backend.channelMoments(x: view, mean: mean, variance: variance, scratch: scratch)
        backend.channelSums(x: view, sums: sums, scratch: scratch)
        let gamma = try backend.slice(kernelValues(shape.c, seed: 8))
        let beta = try backend.slice(kernelValues(shape.c, seed: 9))
        let (inverseStd, scale, shift) = (try memory(), try memory(), try memory())
        backend.batchNormConstants(
            mean: mean, variance: variance, gamma: gamma, beta: beta, epsilon: 1e-5, inverseStd: inverseStd,
            scale: scale, shift: shift)
        let gradient = try backend.filled(shape, gy)
        let (ofGamma, ofBeta) = (try memory(), try memory())
        backend.batchNormBackward(
            x: view, mean: mean, inverseStd: inverseStd, gamma: gamma, beta: beta, relu: true, gy: gradient,
            gx: gradient, gammaGradient: ofGamma, betaGradient: ofBeta, scratch: scratch)
        return ChannelResults(
            mean: try backend.floats(mean), variance: try backend.floats(variance), sums: try backend.floats(sums),
            inverseStd: try backend.floats(inverseStd), scale: try backend.floats(scale),
            shift: try backend.floats(shift), gradient: try backend.contents(gradient, shape),
            gamma: try backend.floats(ofGamma), beta: try backend.floats(ofBeta))
    }

    @Test(arguments: TestGPU.exact)
    func channelSums(on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            for shape in KernelShape.all + TrainingKernelTests.many where shape.n * shape.h * shape.w > 1 {
                let count = try shape.shape.count
                let x = kernelValues(count, seed: 10).map(element.stored)
                let gy = kernelValues(count, seed: 11).map(element.stored)
                let expected = try channels(on: cpu, shape, x, gy)
                let found = try inEveryOrder { try channels(on: gpu, shape, x, gy) }
                let sum = Float(try shape.shape.pixels) * 4e-6
                func expect(_ a: [Float], _ e: [Float], _ bound: Float, relative: Float = 2e-6, _ name: String) {
                    let difference = firstDifference(a, e, bound: bound, relative: relative)
                    #expect(difference == nil, "\(name), \(shape.testDescription): \(difference ?? "")")
                }
                expect(found.mean, expected.mean, 2e-6, "mean")
                expect(found.variance, expected.variance, 2e-6, "variance")
                expect(found.sums, expected.sums, sum, "sums")
                // A variance of nothing but equal values is as good as its rounding.
                expect(found.inverseStd, expected.inverseStd, 1e-5, relative: 1e-5, "inverse deviation")
                expect(found.beta, expected.beta, sum, "gradient of beta")
                expect(found.gamma, expected.gamma, 4 * sum, relative: 1e-4, "gradient of gamma")
                let largest = expected.gradient.map { abs($0) }.max() ?? 0
                expect(
                    found.gradient, expected.gradient.map(element.stored), largest * 2e-5,
                    relative: 2 * element.epsilon,
                    "gradient")
            }
        }
    }

    /// A mean far away, and an outlier where a share begins, leave the variance its accuracy.
    @Test func momentsFarFromZero() throws {
        try onEveryGPU { gpu in
            let shape = KernelShape(n: 1, h: 40, w: 100, c: 3)
            var x = kernelValues(try shape.shape.count, seed: 12).map { 10_000 + $0 }
            x[0] = 90_000
            let (mean, variance) = (try gpu.scratch(12), try gpu.scratch(12))
            let scratch = try gpu.scratch(gpu.channelScratchBytes(channels: 3))
            gpu.channelMoments(x: try gpu.filled(shape, x), mean: mean, variance: variance, scratch: scratch)
            for channel in 0..<3 {
                let values = stride(from: channel, to: x.count, by: 3).map { Double(x[$0]) }
                let average = values.reduce(0, +) / Double(values.count)
                let spread = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(values.count)
                let found = (Double(try gpu.floats(mean)[channel]), Double(try gpu.floats(variance)[channel]))
                #expect(abs(found.0 - average) <= 1e-7 * average)
                #expect(abs(found.1 - spread) <= 1e-5 * spread)
            }
        }
    }

    @Test func runningStatisticsEqualCPU() throws {
        try onEveryGPU { gpu in
            func run<B: Backend>(on backend: B, pixels: Int) throws -> [Float] {
                let slices = try (20..<24).map { try backend.slice(kernelValues(5, seed: $0).map { abs($0) }) }
                backend.updateRunningStatistics(
                    mean: slices[0], variance: slices[1], pixels: pixels, momentum: 0.1, runningMean: slices[2],
                    runningVariance: slices[3])
                return try backend.floats(slices[2]) + backend.floats(slices[3])
            }
            for pixels in [1, 2, 777] {
                let expected = try run(on: cpu, pixels: pixels)
                #expect(try run(on: gpu, pixels: pixels) == expected)
            }
        }
    }

    // MARK: - Loss

    struct LossCase: CustomTestStringConvertible, Sendable {
        let shape: KernelShape
        var isWeighted = false
        var ignored: UInt8?
        var crossEntropy: Float = 1
        var dice: Float = 1
        var bad = false
        var testDescription: String { "\(shape.testDescription), \(self)" }
    }

    static let losses = [
        LossCase(shape: KernelShape(n: 1, h: 1, w: 1, c: 1)),
        LossCase(shape: KernelShape(n: 2, h: 7, w: 5, c: 2), isWeighted: true, dice: 0),
        LossCase(shape: KernelShape(n: 1, h: 65, w: 64, c: 3), isWeighted: true, ignored: 1),
        LossCase(shape: KernelShape(n: 2, h: 4, w: 9, c: 4, before: 1, behind: 3), crossEntropy: 0),
        LossCase(shape: KernelShape(n: 1, h: 6, w: 5, c: 5), isWeighted: true, ignored: 255),
        LossCase(shape: KernelShape(n: 1, h: 5, w: 5, c: 16), ignored: 0),
        LossCase(shape: KernelShape(n: 1, h: 5, w: 5, c: 3), bad: true),
    ]

    private struct LossResults: Equatable {
        let result: LossResult
        let gradient: [Float]
    }

    private func loss<B: Backend>(
        on backend: B, _ of: LossCase, _ x: [Float], _ labels: [UInt8], scale: Float = 1
    ) throws -> LossResults {
        let logits = try backend.filled(of.shape, x)
        let gradient = try backend.filled(of.shape, x.map { _ in 5 })
        let weights = (0..<of.shape.c).map { 0.5 + Float($0) }
        let options = LossOptions(
            classWeights: of.isWeighted ? try backend.slice(weights) : nil, ignoredLabel: of.ignored,
            crossEntropyWeight: of.crossEntropy, diceWeight: of.dice, gradientScale: scale)
        let result = try backend.scratch(backend.lossResultBytes)
        backend.loss(
            logits: logits, labels: try backend.slice(bytes: labels), options: options, gradient: gradient,
            result: result, scratch: try backend.scratch(backend.lossScratchBytes(logits: of.shape.shape)))
        return LossResults(result: try backend.readLoss(result), gradient: try backend.contents(gradient, of.shape))
    }

    @Test(arguments: losses, TestGPU.exact)
    func loss(of: LossCase, on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            let x = kernelValues(try of.shape.shape.count, seed: 13).map(element.stored)
            var labels = kernelValues(try of.shape.shape.pixels, seed: 14).map {
                UInt8(Int(abs($0) * 100) % of.shape.c)
            }
            if of.bad { labels[3] = 200 }
            let expected = try loss(on: cpu, of, x, labels)
            let found = try inEveryOrder { try loss(on: gpu, of, x, labels) }
            #expect(found.result.badLabels == expected.result.badLabels)
            #expect(found.result.countedPixels == expected.result.countedPixels)
            #expect(found.result.badLabels == (of.bad ? 1 : 0))
            guard !of.bad else { return #expect(found.gradient.allSatisfy { $0 == 5 }) }
            #expect(abs(found.result.loss - expected.result.loss) <= 1e-6)
            #expect(abs(found.result.crossEntropy - expected.result.crossEntropy) <= 1e-6)
            #expect(abs(found.result.diceLoss - expected.result.diceLoss) <= 1e-6)
            let largest = expected.gradient.map { abs($0) }.max() ?? 0
            let difference = firstDifference(
                found.gradient, expected.gradient.map(element.stored), bound: largest * 1e-6 + 0x1p-24,
                relative: 2 * element.epsilon)
            #expect(difference == nil, "\(difference ?? "")")
        }
    }

    /// Loss scaling: the gradient alone, before it is rounded, so that what float16 would lose survives.
    @Test func scaledGradient() throws {
        try onEveryGPU(.float16) { gpu in
            let of = LossCase(shape: KernelShape(n: 1, h: 256, w: 256, c: 2), dice: 0)
            let x = [Float](repeating: 0, count: try of.shape.shape.count)
            let labels = [UInt8](repeating: 0, count: try of.shape.shape.pixels)
            let found = try loss(on: gpu, of, x, labels, scale: 1024)
            // p − g = −½ and ½, over 65536 pixels: 2⁻¹⁷, scaled 2⁻⁷.
            #expect(found.gradient[0] == -0x1p-7 && found.gradient[1] == 0x1p-7)
            #expect(abs(found.result.loss - 0.693147) < 1e-5)
        }
    }

    // MARK: - Optimiser

    @Test func adamEqualsCPU() throws {
        try onEveryGPU { gpu in
            for count in [1, 255, 1000] {
                func run<B: Backend>(on backend: B) throws -> [Float] {
                    let parameters = try backend.slice(kernelValues(count, seed: 15))
                    let moments = (try backend.scratch(count * 4), try backend.scratch(count * 4))
                    for step in 1...3 {
                        let gradients = try backend.slice(kernelValues(count, seed: 16 + UInt64(step)))
                        backend.adam(
                            parameters: parameters, gradients: gradients, firstMoment: moments.0,
                            secondMoment: moments.1,
                            step: AdamStep(
                                learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 1e-3,
                                gradientScale: 0.37, step: step))
                    }
                    return try backend.floats(parameters) + backend.floats(moments.0) + backend.floats(moments.1)
                }
                let difference = firstDifference(try run(on: gpu), try run(on: cpu))
                #expect(difference == nil, "\(difference ?? "")")
            }
        }
    }

    @Test func sumOfSquares() throws {
        try onEveryGPU { gpu in
            for count in [1, 4096, 4097, 20_000] {
                let values = kernelValues(count, seed: 17)
                let exact = values.reduce(0) { $0 + Double($1) * Double($1) }
                let sum = try gpu.scratch(8)
                let found = try inEveryOrder {
                    gpu.sumOfSquares(try gpu.slice(values), into: sum)
                    return try gpu.bytes(sum).withUnsafeBytes { $0.loadUnaligned(as: Double.self) }
                }
                #expect(abs(found - exact) <= 1e-13 * exact)
            }
        }
    }

    /// Mixed precision: one value that is not finite, and the step is left out on the device.
    @Test func overflowLeavesTheStepOut() throws {
        try onEveryGPU { gpu in
            let start = kernelValues(10, seed: 18)
            for (bad, changes) in [(Float(1), true), (.infinity, false), (.nan, false)] {
                let (parameters, first, second) = (try gpu.slice(start), try gpu.scratch(40), try gpu.scratch(40))
                var gradients = kernelValues(10, seed: 19)
                gradients[7] = bad
                let slice = try gpu.slice(gradients)
                gpu.countNotFinite(slice.address, .float32, count: 10, adding: false)
                let clean = try gpu.slice([1, 2])
                gpu.countNotFinite(clean.address, .float32, count: 2, adding: true)
                gpu.adam(
                    parameters: parameters, gradients: slice, firstMoment: first, secondMoment: second,
                    step: AdamStep(
                        learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0, gradientScale: 1, step: 1),
                    unless: gpu.flatSums.part(0, 8))
                let (after, moment) = (try gpu.floats(parameters), try gpu.floats(second))
                #expect((after != start) == changes)
                #expect(moment.contains { $0 != 0 } == changes)
            }
        }
    }
}
