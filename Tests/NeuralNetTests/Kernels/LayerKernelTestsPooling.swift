import CKernels
import Testing

@Suite("Layer kernels, pooling")
struct LayerKernelTestsPooling {
    typealias Shape = LayerKernel.Shape
    typealias Activation = LayerKernel.Activation

    /// The pooled shape; an odd last row or column belongs to no window.
    private func pooled(_ shape: Shape, gap: Int = 0) -> Shape {
        Shape(shape.n, shape.h / 2, shape.w / 2, shape.c, gap: gap)
    }

    /// Few different values, so that windows have ties, and some NaN.
    private func ties(_ shape: Shape, seed: UInt64) -> Activation {
        var random = LayerKernel.Random(seed: seed)
        let x = Activation(shape)
        x.fill { _, _ in
            Int.random(in: 0..<40, using: &random) == 0 ? .nan : Float(Int.random(in: -2...2, using: &random))
        }
        return x
    }

    private func codes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = LayerKernel.Random(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...3, using: &random) }
    }

    @Test("Max-pooling: values, winners, ties to the first, NaN wins", arguments: LayerKernel.shapes, [0, 3])
    func maxPool(shape: Shape, gap: Int) {
        let x = ties(shape, seed: 41)
        let small = pooled(shape, gap: gap)
        var winners = [UInt8](repeating: 9, count: small.pixels * small.c)
        LayerKernel.check(
            seed: 41, prepare: { Activation(small) },
            reference: { lt_max_pool_forward_reference(x.view, $0.view, &winners) },
            fast: {
                var ours = [UInt8](repeating: 9, count: winners.count)
                lt_max_pool_forward($0, x.view, $1.view, &ours)
                #expect(LayerKernel.difference(ours, winners) == nil, "codes, \(shape.testDescription), seed 41")
            })
        LayerKernel.check(
            seed: 41, prepare: { Activation(small) },
            reference: { lt_max_pool_forward_reference(x.view, $0.view, nil) },
            fast: { lt_max_pool_forward($0, x.view, $1.view, nil) })
    }

    @Test("The winners of one window")
    func oneWindow() {
        let nan = Float.nan
        let inf = Float.infinity
        let cases: [([Float], UInt8)] = [
            ([1, 1, 1, 1], 0), ([1, 2, 2, 0], 1), ([-3, -4, -1, -1], 2), ([0, 1, 2, 3], 3), ([nan, 5, 6, 7], 0),
            ([5, 6, nan, 7], 2), ([-inf, -inf, -inf, -inf], 0), ([inf, nan, inf, 0], 1),
        ]
        for (values, winner) in cases {
            let x = Activation(Shape(1, 2, 2, 1))
            let y = Activation(Shape(1, 1, 1, 1))
            x.fill { pixel, _ in values[pixel] }
            LayerKernel.inEveryContext { context, name in
                var code: UInt8 = 9
                lt_max_pool_forward(context, x.view, y.view, &code)
                #expect(code == winner, "\(values), \(name)")
                #expect(LayerKernel.mismatch(y.values, [values[Int(winner)]]) == nil, "\(values), \(name)")
            }
        }
    }

    @Test("Max-unpooling", arguments: LayerKernel.shapes, [false, true])
    func maxUnpool(shape: Shape, accumulate: Bool) {
        let gy = Activation(pooled(shape, gap: 2), seed: 42)
        let before = Activation(shape, seed: 43)
        let code = codes(gy.shape.pixels * shape.c, seed: 44)
        // A value moves, or is added once: exactly equal.
        LayerKernel.check(
            seed: 42, prepare: { before.copy() },
            reference: { lt_max_unpool_reference(gy.view, code, accumulate ? 1 : 0, $0.view) },
            fast: { lt_max_unpool($0, gy.view, code, accumulate ? 1 : 0, $1.view) })
    }

    @Test("Gathering the winners", arguments: LayerKernel.shapes)
    func maxGather(shape: Shape) {
        let x = Activation(shape, seed: 45)
        let small = pooled(shape, gap: 1)
        let code = codes(small.pixels * small.c, seed: 46)
        LayerKernel.check(
            seed: 45, prepare: { Activation(small) }, reference: { lt_max_gather_reference(x.view, code, $0.view) },
            fast: { lt_max_gather($0, x.view, code, $1.view) })
    }

    @Test("Gathering undoes unpooling; pooling's winners are its values")
    func roundTrip() {
        let shape = Shape(2, 10, 14, 11)
        let small = pooled(shape)
        let x = Activation(shape, seed: 47)
        let pooledX = Activation(small)
        let gathered = Activation(small)
        LayerKernel.inEveryContext { context, name in
            var code = [UInt8](repeating: 0, count: small.pixels * small.c)
            lt_max_pool_forward(context, x.view, pooledX.view, &code)
            lt_max_gather(context, x.view, code, gathered.view)
            #expect(LayerKernel.difference(gathered.values, pooledX.values) == nil, "\(name), seed 47")
            let unpooled = Activation(shape)
            lt_max_unpool(context, pooledX.view, code, 0, unpooled.view)
            #expect(unpooled.values.count { $0 != 0 } == small.pixels * small.c, "\(name), seed 47")
            lt_max_gather(context, unpooled.view, code, gathered.view)
            #expect(LayerKernel.difference(gathered.values, pooledX.values) == nil, "\(name), seed 47")
        }
    }
}
