import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import TestDeadlines

/// Random operands of a convolution, on a backend and as the numbers it has of them, with plain sums over those.
struct ConvolutionOperands {
    let shape: ConvolutionTests.Case
    let x, gy: CUDABackend.View
    let weights, bias: [Float]
    let planned: ConvolutionShape
    let outputShape: Shape
    private let inputs, gradients: [Float]
    private let element: ElementType

    init(_ shape: ConvolutionTests.Case, _ backend: CUDABackend) throws {
        var random = SeededGenerator(seed: 7)
        func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1, using: &random) } }
        self.shape = shape
        element = backend.activationElement
        let element = element
        let inputShape = try Shape(n: shape.n, h: shape.h, w: shape.w, c: shape.inputs)
        outputShape = try Shape(n: shape.n, h: shape.h, w: shape.w, c: shape.outputs)
        inputs = values(inputShape.count).map { element.rounded($0) }
        gradients = values(outputShape.count).map { element.rounded($0) }
        weights = values(9 * shape.inputs * shape.outputs)
        bias = values(shape.outputs)
        x = try backend.view(inputShape, margin: shape.margin, values: inputs)
        gy = try backend.view(outputShape, margin: shape.margin, values: gradients)
        planned = ConvolutionShape(
            input: inputShape, outputChannels: shape.outputs,
            inputPixels: PixelLayout(stride: shape.inputs + 2 * shape.margin, firstChannel: shape.margin),
            outputPixels: PixelLayout(stride: shape.outputs + 2 * shape.margin, firstChannel: shape.margin),
            accuracy: .standard)
    }

    /// A bound on what sums of the operands come to.
    var magnitude: Float { Float(9 * shape.inputs + 1) }

    func forward(bias hasBias: Bool, relu: Bool) -> [Float] {
        var result: [Float] = []
        for (n, h, w) in pixels {
            for output in 0..<shape.outputs {
                var sum = hasBias ? Double(bias[output]) : 0
                for (tap, neighbour) in neighbours(n, h, w) {
                    for input in 0..<shape.inputs {
                        let weight = element.rounded(weights[(tap * shape.inputs + input) * shape.outputs + output])
                        sum += Double(inputs[neighbour * shape.inputs + input]) * Double(weight)
                    }
                }
                result.append(element.rounded(Float(relu ? max(sum, 0) : sum)))
            }
        }
        return result
    }

    func weightGradient() -> [Float] {
        var sums = [Double](repeating: 0, count: weights.count)
        for (pixel, (n, h, w)) in pixels.enumerated() {
            for (tap, neighbour) in neighbours(n, h, w) {
                for input in 0..<shape.inputs {
                    for output in 0..<shape.outputs {
                        sums[(tap * shape.inputs + input) * shape.outputs + output] +=
                            Double(inputs[neighbour * shape.inputs + input])
                            * Double(gradients[pixel * shape.outputs + output])
                    }
                }
            }
        }
        return sums.map { Float($0) }
    }

    private var pixels: [(Int, Int, Int)] {
        (0..<shape.n).flatMap { n in (0..<shape.h).flatMap { h in (0..<shape.w).map { (n, h, $0) } } }
    }

    /// The taps whose pixel is inside the image, and its number.
    private func neighbours(_ n: Int, _ h: Int, _ w: Int) -> [(tap: Int, pixel: Int)] {
        (0..<9).compactMap { tap in
            let (i, j) = (h + tap / 3 - 1, w + tap % 3 - 1)
            guard (0..<shape.h).contains(i), (0..<shape.w).contains(j) else { return nil }
            return (tap, (n * shape.h + i) * shape.w + j)
        }
    }
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

extension CUDABackend {
    /// A view with these values; margins hold NaN, which no operation may read or change.
    func view(_ shape: Shape, margin: Int, values: [Float]) throws -> View {
        let view = try view(shape, margin: margin)
        let wide = try Shape(n: shape.n, h: shape.h, w: shape.w, c: view.stride)
        var all = [Float](repeating: .nan, count: wide.count)
        for (index, value) in values.enumerated() {
            all[index / shape.c * view.stride + margin + index % shape.c] = value
        }
        let whole = DeviceView(
            buffer: view.buffer, offset: 0, shape: wide, stride: view.stride, element: activationElement)
        all.withUnsafeBufferPointer { upload($0, to: whole) }
        return view
    }

    /// The values of a view that may be a slice of channels.
    func values(_ view: View) throws -> [Float] {
        let size = activationElement.bytes
        let margin = view.offset / size
        let wide = try Shape(n: view.shape.n, h: view.shape.h, w: view.shape.w, c: view.stride)
        var all = [Float](repeating: 0, count: wide.count)
        let whole = DeviceView(
            buffer: view.buffer, offset: 0, shape: wide, stride: view.stride, element: activationElement)
        try all.withUnsafeMutableBufferPointer { try download(whole, to: $0) }
        return (0..<view.shape.count).map { all[$0 / view.shape.c * view.stride + margin + $0 % view.shape.c] }
    }
}
