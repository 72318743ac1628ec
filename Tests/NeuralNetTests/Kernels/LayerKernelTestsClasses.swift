import CKernels
import Testing

@Suite("Layer kernels, softmax and argmax")
struct LayerKernelTestsClasses {
    typealias Shape = LayerKernel.Shape
    typealias Activation = LayerKernel.Activation

    /// Classes 1 to 5, many, and more than a byte can name.
    static let shapes: [Shape] = [
        Shape(1, 1, 1, 1), Shape(7, 3, 5, 1), Shape(1, 1, 1, 2), Shape(2, 5, 7, 2), Shape(7, 3, 3, 3, gap: 5),
        Shape(1, 9, 9, 4), Shape(3, 4, 5, 5), Shape(1, 7, 3, 13, gap: 1), Shape(1, 3, 3, 256), Shape(1, 2, 2, 257),
        Shape(1, 160, 161, 4), Shape(1, 211, 199, 2, gap: 2),
    ]

    @Test("Softmax, in place or not", arguments: Self.shapes, [2, 30, 200] as [Float])
    func softmax(shape: Shape, range: Float) {
        let x = Activation(shape, seed: 51, in: -range...range)
        // exp is good to 3e-7, the sum and the quotient add a rounding each, and rounding x − max (at most 2·range) shifts
        // the exponent by 6e-8 of it; below e^-87 the result is 0.
        let rtol = 6e-7 + 1.2e-7 * range
        LayerKernel.check(
            seed: 51, atol: 1e-37, rtol: rtol, prepare: { x.copy() },
            reference: { lt_softmax_reference(x.view, $0.view) },
            fast: { lt_softmax($0, $1.view, $1.view) })
        LayerKernel.check(
            seed: 51, atol: 1e-37, rtol: rtol,
            prepare: { Activation(Shape(shape.n, shape.h, shape.w, shape.c, gap: 3)) },
            reference: { lt_softmax_reference(x.view, $0.view) }, fast: { lt_softmax($0, x.view, $1.view) })
    }

    @Test("Softmax shows NaN and infinity at their pixel only", arguments: [1, 2, 3, 4, 5], [Float.nan, .infinity])
    func softmaxOfNaN(classes: Int, value: Float) {
        let x = Activation(Shape(1, 5, 5, classes), seed: 52)
        x[7, classes - 1] = value
        x[8, 0] = -.infinity
        LayerKernel.inEveryContext { context, name in
            let y = Activation(x.shape)
            lt_softmax(context, x.view, y.view)
            let wrong = (0..<25).filter { pixel in (0..<classes).contains { y[pixel, $0].isNaN } }
            #expect(wrong == (classes == 1 ? [7, 8] : [7]), "\(name), seed 52")
            #expect((0..<classes).allSatisfy { y[7, $0].isNaN }, "\(name), seed 52")
            #expect(classes == 1 || y[8, 0] == 0, "\(name), seed 52")
        }
    }

    @Test("Argmax: the first on ties, NaN counts as the largest", arguments: Self.shapes.filter { $0.c <= 256 })
    func argmax(shape: Shape) {
        var random = LayerKernel.Random(seed: 53)
        let x = Activation(shape)
        x.fill { _, _ in
            Int.random(in: 0..<30, using: &random) == 0 ? .nan : Float(Int.random(in: -2...2, using: &random))
        }
        var expected = [UInt8](repeating: 0, count: shape.pixels)
        lt_argmax_reference(x.view, &expected)
        LayerKernel.inEveryContext { context, name in
            var labels = [UInt8](repeating: 255, count: shape.pixels + 1)
            lt_argmax(context, x.view, &labels)
            #expect(LayerKernel.difference(Array(labels.dropLast()), expected) == nil, "\(name), seed 53")
            #expect(labels.last == 255, "\(name): wrote outside")
        }
    }

    @Test("Argmax of known pixels")
    func argmaxOfKnownPixels() {
        let nan = Float.nan
        let cases: [([Float], UInt8)] = [
            ([1, 2, 3], 2), ([3, 3, 1], 0), ([1, nan, 3], 1), ([nan, 1, nan], 0), ([-3, -2, -2], 1),
        ]
        let x = Activation(Shape(1, 1, cases.count, 3))
        x.fill { cases[$0].0[$1] }
        LayerKernel.inEveryContext { context, name in
            var labels = [UInt8](repeating: 9, count: cases.count)
            lt_argmax(context, x.view, &labels)
            #expect(labels == cases.map(\.1), "\(name)")
        }
    }
}
