import CKernels
import Testing

@Suite("Layer kernels, elementwise")
struct LayerKernelTestsElementwise {
    typealias Shape = LayerKernel.Shape
    typealias Activation = LayerKernel.Activation

    /// The gradient may have another stride than the activation.
    private func with(gap: Int, _ shape: Shape) -> Shape { Shape(shape.n, shape.h, shape.w, shape.c, gap: gap) }

    @Test("ReLU keeps NaN, drops negative zero, in place or not", arguments: LayerKernel.shapes)
    func reluForward(shape: Shape) {
        let x = Activation(shape, seed: 11)
        x[0, 0] = .nan
        x[shape.pixels - 1, shape.c - 1] = -0.0
        // No arithmetic: exactly equal.
        LayerKernel.check(
            seed: 11, prepare: { x.copy() }, reference: { lt_relu_forward_reference(x.view, $0.view) },
            fast: { lt_relu_forward($0, $1.view, $1.view) })
        LayerKernel.check(
            seed: 11, prepare: { Activation(with(gap: 0, shape)) },
            reference: { lt_relu_forward_reference(x.view, $0.view) },
            fast: { lt_relu_forward($0, x.view, $1.view) })
        let y = Activation(shape)
        lt_relu_forward_reference(x.view, y.view)
        #expect(shape.pixels * shape.c == 1 || y[0, 0].isNaN)
    }

    @Test("ReLU backward", arguments: LayerKernel.shapes)
    func reluBackward(shape: Shape) {
        let y = Activation(shape, seed: 12, in: -1...1)
        y[0, 0] = 0
        y[shape.pixels - 1, 0] = .nan
        let gy = Activation(with(gap: 3, shape), seed: 13)
        LayerKernel.check(
            seed: 12, prepare: { gy.copy() },
            reference: { lt_relu_backward_reference(y.view, gy.view, $0.view) },
            fast: { lt_relu_backward($0, y.view, $1.view, $1.view) })
        LayerKernel.check(
            seed: 12, prepare: { Activation(shape) },
            reference: { lt_relu_backward_reference(y.view, gy.view, $0.view) },
            fast: { lt_relu_backward($0, y.view, gy.view, $1.view) })
    }

    @Test("Copy, add, fill", arguments: LayerKernel.shapes)
    func moving(shape: Shape) {
        let x = Activation(shape, seed: 14)
        for gap in [0, 5] {
            let y = Activation(with(gap: gap, shape), seed: 15)
            LayerKernel.check(
                seed: 14, prepare: { y.copy() }, reference: { lt_copy_reference(x.view, $0.view) },
                fast: { lt_copy($0, x.view, $1.view) })
            // One rounding of the same sum: exactly equal.
            LayerKernel.check(
                seed: 14, prepare: { y.copy() }, reference: { lt_add_reference(x.view, $0.view) },
                fast: { lt_add($0, x.view, $1.view) })
            LayerKernel.check(
                seed: 14, prepare: { y.copy() }, reference: { lt_fill_reference(0.3, $0.view) },
                fast: { lt_fill($0, 0.3, $1.view) })
        }
        let copied = Activation(shape)
        lt_copy_reference(x.view, copied.view)
        #expect(LayerKernel.difference(copied.values, x.values) == nil)
    }

    @Test("Planes to channels-last and back", arguments: LayerKernel.shapes)
    func planes(shape: Shape) {
        var random = LayerKernel.Random(seed: 16)
        let planes = random.floats(shape.pixels * shape.c, in: -1...1)
        LayerKernel.check(
            seed: 16, prepare: { Activation(shape) }, reference: { lt_from_planes_reference(planes, $0.view) },
            fast: { lt_from_planes($0, planes, $1.view) })
        let x = Activation(shape)
        lt_from_planes_reference(planes, x.view)
        let last = (n: shape.n - 1, c: shape.c - 1, p: shape.h * shape.w - 1)
        #expect(x[shape.pixels - 1, last.c] == planes[(last.n * shape.c + last.c) * shape.h * shape.w + last.p])
        LayerKernel.inEveryContext { context, name in
            var back = [Float](repeating: .nan, count: planes.count)
            lt_to_planes(context, x.view, &back)
            #expect(LayerKernel.difference(back, planes) == nil, "\(name)")
        }
    }

    @Test("Dropout is its reference", arguments: LayerKernel.shapes, [0, 0.1, 0.5, 1] as [Float])
    func dropout(shape: Shape, rate: Float) {
        let x = Activation(shape, seed: 17)
        // The hash is integer arithmetic and the scaling one multiplication: exactly equal.
        LayerKernel.check(
            seed: 17, prepare: { x.copy() }, reference: { lt_dropout_reference(x.view, rate, 99, $0.view) },
            fast: { lt_dropout($0, $1.view, rate, 99, $1.view) })
    }

    /// 1.06 million elements: more than one segment of the hash.
    private static let many = Shape(1, 1030, 1030, 1)

    private func keptElements(_ shape: Shape, rate: Float, seed: UInt64) -> [Bool] {
        let x = Activation(shape)
        let context = lt_context(pool: nil, isa: lt_isa_best())
        x.fill { _, _ in 1 }
        lt_dropout(context, x.view, rate, seed, x.view)
        return x.values.map { $0 != 0 }
    }

    @Test("Dropout keeps the right share, independently", arguments: [0.1, 0.5, 0.9] as [Float])
    func dropoutStatistics(rate: Float) {
        let kept = keptElements(Self.many, rate: rate, seed: 5)
        let count = Double(kept.count)
        let keep = 1 - Double(rate)
        // Five standard deviations of a binomial share.
        func near(_ share: Double, _ expected: Double, _ about: String) {
            let sigma = (expected * (1 - expected) / count).squareRoot()
            #expect(abs(share - expected) < 5 * sigma, "\(about), rate \(rate), seed 5")
        }
        func share(_ a: [Bool], _ b: [Bool]) -> Double { Double(zip(a, b).count { $0 && $1 }) / count }
        near(Double(kept.count { $0 }) / count, keep, "share kept")
        // Neighbours in a row, in a vector, in a column, and in the next segment; and another seed.
        for distance in [1, 2, 4, 8, 1030, 1 << 20] {
            let pairs = zip(kept, kept.dropFirst(distance)).count { $0 && $1 }
            let of = Double(kept.count - distance)
            let sigma = (keep * keep * (1 - keep * keep) / of).squareRoot()
            #expect(abs(Double(pairs) / of - keep * keep) < 5 * sigma, "distance \(distance), rate \(rate), seed 5")
        }
        near(share(kept, keptElements(Self.many, rate: rate, seed: 6)), keep * keep, "seeds 5 and 6")
    }

    @Test("Dropout's mask depends on the element, not on value or stride; one reference over two segments")
    func dropoutMask() {
        let kept = keptElements(Self.many, rate: 0.3, seed: 8)
        for other in [Shape(1, 1030, 1030, 1, gap: 2), Shape(1, 103, 103, 100)] {
            #expect(LayerKernel.difference(keptElements(other, rate: 0.3, seed: 8), kept) == nil)
        }
        let gradient = Activation(Self.many, seed: 18, in: 1...2)
        LayerKernel.check(
            seed: 18, prepare: { gradient.copy() },
            reference: { lt_dropout_reference(gradient.view, 0.3, 8, $0.view) },
            fast: { lt_dropout($0, $1.view, 0.3, 8, $1.view) })
        let backward = gradient.copy()
        lt_dropout(lt_context(pool: nil, isa: lt_isa_best()), backward.view, 0.3, 8, backward.view)
        #expect(LayerKernel.difference(backward.values.map { $0 != 0 }, kept) == nil)
        let scaled = zip(kept, gradient.values).map { $0 ? $1 / 0.7 : 0 }
        // 1 / 0.7 is rounded before it is multiplied.
        #expect(LayerKernel.mismatch(backward.values, scaled, rtol: 3e-7) == nil)
    }

    @Test("Nothing to do")
    func empty() {
        for shape in [Shape(0, 4, 4, 3), Shape(1, 0, 4, 3), Shape(1, 4, 0, 3), Shape(2, 3, 3, 0)] {
            let x = Activation(shape)
            let y = Activation(shape)
            LayerKernel.inEveryContext { context, _ in
                lt_relu_forward(context, x.view, y.view)
                lt_relu_backward(context, x.view, y.view, y.view)
                lt_copy(context, x.view, y.view)
                lt_add(context, x.view, y.view)
                lt_fill(context, 1, y.view)
                lt_dropout(context, x.view, 0.5, 1, y.view)
                lt_from_planes(context, x.memory.baseAddress, y.view)
                lt_to_planes(context, x.view, y.memory.baseAddress)
                #expect(x.guardsAreIntact && y.guardsAreIntact)
            }
        }
    }
}
