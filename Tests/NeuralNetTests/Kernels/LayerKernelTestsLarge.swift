import CKernels
import Testing

/// Tensors larger than the last cache level are written past the caches (where that level is at most 32 MiB; elsewhere
/// these tests take the usual path). The arithmetic is exact here, so the results need no reference pass.
@Suite("Layer kernels, tensors larger than the caches", .serialized)
struct LayerKernelTestsLarge {
    typealias Shape = LayerKernel.Shape
    typealias Activation = LayerKernel.Activation

    /// 27 MB with 64 channels; 60 channels of 64 leave an incomplete vector and a gap.
    static let shapes = [Shape(1, 330, 320, 64), Shape(1, 330, 334, 60, gap: 4)]

    private func number(_ pixel: Int, _ channel: Int) -> Float { Float((pixel * 7 + channel * 3) % 101 - 50) }

    /// The first place where y is not what is expected, or where a guard was overwritten.
    private func fault(_ y: Activation, _ expected: (_ pixel: Int, _ channel: Int) -> Float) -> String? {
        for pixel in 0..<y.shape.pixels {
            for channel in 0..<y.shape.c where y[pixel, channel] != expected(pixel, channel) {
                return "pixel \(pixel), channel \(channel): \(y[pixel, channel])"
            }
        }
        return y.guardsAreIntact ? nil : "wrote outside"
    }

    @Test("Elementwise passes", arguments: Self.shapes)
    func elementwise(shape: Shape) {
        let x = Activation(shape)
        x.fill(number)
        let y = Activation(shape)
        let scale = (0..<shape.c).map { Float(1 + $0 % 2) }
        let shift = (0..<shape.c).map { Float($0 % 3) }
        LayerKernel.inEveryContext { context, name in
            lt_copy(context, x.view, y.view)
            #expect(fault(y, number) == nil, "copy, \(name)")
            lt_relu_forward(context, x.view, y.view)
            #expect(fault(y) { max(0, number($0, $1)) } == nil, "ReLU, \(name)")
            lt_fill(context, 3, y.view)
            #expect(fault(y) { _, _ in 3 } == nil, "fill, \(name)")
            lt_scale_shift(context, x.view, scale, shift, 1, y.view)
            #expect(fault(y) { max(0, number($0, $1) * scale[$1] + shift[$1]) } == nil, "scale and shift, \(name)")
        }
    }

    @Test("Batch normalisation backward", arguments: Self.shapes)
    func batchNormBackward(shape: Shape) {
        let x = Activation(shape)
        let gy = Activation(shape)
        let gx = Activation(shape)
        x.fill(number)
        gy.fill { number($1, $0 % 64) }
        let ones = [Float](repeating: 1, count: shape.c)
        let zeros = [Float](repeating: 0, count: shape.c)
        let inPlace = gy.copy()
        LayerKernel.inEveryContext { context, name in
            var ggamma = zeros
            var gbeta = zeros
            var memory = [Float](repeating: 0, count: Int(lt_channel_scratch_floats(context, Int64(shape.c))))
            lt_batch_norm_backward(
                context, x.view, zeros, ones, ones, zeros, 1, gy.view, gx.view, &ggamma, &gbeta, &memory)
            lt_copy(context, gy.view, inPlace.view)
            lt_batch_norm_backward(
                context, x.view, zeros, ones, ones, zeros, 1, inPlace.view, inPlace.view, &ggamma, &gbeta, &memory)
            // In place nothing is streamed; the arithmetic is the same.
            #expect(fault(gx) { inPlace[$0, $1] } == nil, "\(name)")
        }
    }

    @Test("Max-unpooling", arguments: Self.shapes)
    func maxUnpool(shape: Shape) {
        let small = Activation(Shape(1, shape.h / 2, shape.w / 2, shape.c))
        small.fill(number)
        let code = (0..<small.shape.pixels * shape.c).map { UInt8($0 % 4) }
        let gx = Activation(shape)
        LayerKernel.inEveryContext { context, name in
            lt_fill(context, 9, gx.view)
            lt_max_unpool(context, small.view, code, 0, gx.view)
            let wrong = fault(gx) { pixel, channel in
                let row = pixel / shape.w
                let column = pixel % shape.w
                let from = row / 2 * (shape.w / 2) + column / 2
                return Int(code[from * shape.c + channel]) == row % 2 * 2 + column % 2 ? number(from, channel) : 0
            }
            #expect(wrong == nil, "\(name)")
        }
    }
}
