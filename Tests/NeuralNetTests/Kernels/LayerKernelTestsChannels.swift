import CKernels
import Testing

@Suite("Layer kernels, channels")
struct LayerKernelTestsChannels {
    typealias Shape = LayerKernel.Shape
    typealias Activation = LayerKernel.Activation
    typealias Random = LayerKernel.Random

    private func scratch(_ context: lt_context, _ shape: Shape) -> [Float] {
        [Float](repeating: .nan, count: Int(lt_channel_scratch_floats(context, Int64(shape.c))))
    }

    @Test("Scale and shift", arguments: LayerKernel.shapes, [false, true])
    func scaleShift(shape: Shape, relu: Bool) {
        var random = Random(seed: 21)
        let scale = random.floats(shape.c, in: -2...2)
        let shift = random.floats(shape.c, in: -2...2)
        let x = Activation(shape, seed: 22)
        x[shape.pixels - 1, shape.c - 1] = .nan
        // |x·scale| ≤ 4, |shift| ≤ 2: a rounding of the product and one of the sum, 6e-8·(4 + 6).
        LayerKernel.check(
            seed: 21, atol: 6e-7, prepare: { x.copy() },
            reference: { lt_scale_shift_reference(x.view, scale, shift, relu ? 1 : 0, $0.view) },
            fast: { lt_scale_shift($0, $1.view, scale, shift, relu ? 1 : 0, $1.view) })
        LayerKernel.check(
            seed: 21, atol: 6e-7, prepare: { Activation(Shape(shape.n, shape.h, shape.w, shape.c, gap: 1)) },
            reference: { lt_scale_shift_reference(x.view, scale, shift, relu ? 1 : 0, $0.view) },
            fast: { lt_scale_shift($0, x.view, scale, shift, relu ? 1 : 0, $1.view) })
    }

    /// Moments in every context against the reference; the same bits for any number of threads.
    private func checkMoments(_ x: Activation, meanTolerance: Float, seed: UInt64) {
        let shape = x.shape
        var mean = [Float](repeating: 0, count: shape.c)
        var variance = mean
        lt_channel_moments_reference(x.view, &mean, &variance)
        var bits: [UInt32: [UInt32]] = [:]
        LayerKernel.inEveryContext { context, name in
            var ours = [Float](repeating: .nan, count: shape.c)
            var ourVariance = ours
            var memory = scratch(context, shape)
            lt_channel_moments(context, x.view, &ours, &ourVariance, &memory)
            let about = "\(name), \(shape.testDescription), seed \(seed)"
            #expect(LayerKernel.mismatch(ours, mean, atol: meanTolerance) == nil, "mean, \(about)")
            // Float sums of at most 256 shifted squares, everything else in double. The shift is off by less than the
            // spread here, so a few roundings (6e-8 each) are all that is lost.
            #expect(LayerKernel.mismatch(ourVariance, variance, rtol: 2e-6) == nil, "variance, \(about)")
            let both = (ours + ourVariance).map(\.bitPattern)
            #expect(
                LayerKernel.difference(both, bits[context.isa.rawValue, default: both]) == nil,
                "\(about): bits depend on the threads")
            bits[context.isa.rawValue] = both
        }
    }

    @Test("Moments", arguments: LayerKernel.shapes)
    func moments(shape: Shape) {
        // Values up to 2, sums accurate to some 1e-7 of that.
        checkMoments(Activation(shape, seed: 23), meanTolerance: 5e-7, seed: 23)
    }

    @Test("Moments far from zero: mean 1e4, standard deviation 1", arguments: LayerKernel.shapes)
    func hardMoments(shape: Shape) {
        let half = Float(3).squareRoot()  // of a uniform distribution with variance 1
        let x = Activation(shape, seed: 24, in: (1e4 - half)...(1e4 + half))
        // One pixel has no variance; the mean of 1e4 is stored with 5e-4.
        checkMoments(x, meanTolerance: 1e-3, seed: 24)
    }

    @Test("Moments with an outlier where the shift is taken, and without spread")
    func outlierAndConstant() {
        let x = Activation(Shape(1, 64, 64, 5), seed: 25, in: -1...1)
        for channel in 0..<4 { x[channel, channel] = 1e6 }
        // The outlier gives a standard deviation of 15625: the mean is good to 1e-7 of that.
        checkMoments(x, meanTolerance: 1e-3, seed: 25)
        let constant = Activation(Shape(1, 37, 11, 3))
        constant.fill { _, channel in 3.7 + Float(channel) }
        LayerKernel.inEveryContext { context, name in
            var mean = [Float](repeating: .nan, count: 3)
            var variance = mean
            var memory = scratch(context, constant.shape)
            lt_channel_moments(context, constant.view, &mean, &variance, &memory)
            #expect(LayerKernel.mismatch(mean, [3.7, 4.7, 5.7], rtol: 1e-7) == nil, "\(name)")
            // The mean is off by at most one rounding, 5e-7.
            #expect(variance.allSatisfy { $0 >= 0 && $0 < 1e-12 }, "\(name): \(variance)")
        }
    }

    @Test("Moments show a NaN in its channel only")
    func momentsOfNaN() {
        let x = Activation(Shape(2, 20, 20, 3), seed: 26)
        x[517, 1] = .nan
        LayerKernel.inEveryContext { context, name in
            var mean = [Float](repeating: 0, count: 3)
            var variance = mean
            var memory = scratch(context, x.shape)
            lt_channel_moments(context, x.view, &mean, &variance, &memory)
            #expect(mean.map(\.isNaN) == [false, true, false], "\(name)")
            #expect(variance.map(\.isNaN) == [false, true, false], "\(name)")
        }
    }

    @Test("Channel sums", arguments: LayerKernel.shapes)
    func sums(shape: Shape) {
        let x = Activation(shape, seed: 27)
        var expected = [Float](repeating: 0, count: shape.c)
        lt_channel_sums_reference(x.view, &expected)
        var bits: [UInt32: [UInt32]] = [:]
        LayerKernel.inEveryContext { context, name in
            var sums = [Float](repeating: .nan, count: shape.c)
            var memory = scratch(context, shape)
            lt_channel_sums(context, x.view, &sums, &memory)
            // Float sums of at most 256 values up to 2: some roundings of 1e-7 of the sum of the magnitudes.
            let atol = 2e-7 * Float(shape.pixels)
            let about = "\(name), \(shape.testDescription), seed 27"
            #expect(LayerKernel.mismatch(sums, expected, atol: atol, rtol: 1e-7) == nil, "\(about)")
            let ours = sums.map(\.bitPattern)
            #expect(LayerKernel.difference(ours, bits[context.isa.rawValue, default: ours]) == nil, "\(about)")
            bits[context.isa.rawValue] = ours
        }
    }

    /// Inputs of one batch normalisation. No value lies so near the ReLU's edge that rounding decides its mask.
    private struct Norm {
        let x: Activation, gy: Activation
        let mean, inverseStd, gamma, beta: [Float]

        init(_ shape: Shape, seed: UInt64) {
            var random = Random(seed: seed)
            (mean, inverseStd) = (random.floats(shape.c, in: -1...1), random.floats(shape.c, in: 0.5...2))
            (gamma, beta) = (random.floats(shape.c, in: -2...2), random.floats(shape.c, in: -1...1))
            x = Activation(shape, seed: seed + 1)
            gy = Activation(Shape(shape.n, shape.h, shape.w, shape.c, gap: shape.gap), seed: seed + 2)
            var scale = mean
            var shift = mean
            lt_batch_norm_scale_shift(Int64(shape.c), mean, inverseStd, gamma, beta, &scale, &shift)
            x.fill { [x] pixel, channel in
                let value = x[pixel, channel]
                return abs(value * scale[channel] + shift[channel]) > 1e-4 ? value : value + 1e-2
            }
        }

        func reference(relu: Bool, _ gx: Activation) -> [Float] {
            var ggamma = [Float](repeating: 0, count: x.shape.c)
            var gbeta = ggamma
            lt_batch_norm_backward_reference(
                x.view, mean, inverseStd, gamma, beta, relu ? 1 : 0, gy.view, gx.view, &ggamma, &gbeta)
            return ggamma + gbeta
        }

        func fast(_ context: lt_context, relu: Bool, gy: Activation, _ gx: Activation) -> [Float] {
            var ggamma = [Float](repeating: .nan, count: x.shape.c)
            var gbeta = ggamma
            var memory = [Float](repeating: .nan, count: Int(lt_channel_scratch_floats(context, Int64(x.shape.c))))
            lt_batch_norm_backward(
                context, x.view, mean, inverseStd, gamma, beta, relu ? 1 : 0, gy.view, gx.view, &ggamma, &gbeta, &memory
            )
            return ggamma + gbeta
        }
    }

    @Test("Batch normalisation backward", arguments: LayerKernel.shapes, [false, true])
    func batchNormBackward(shape: Shape, relu: Bool) {
        let norm = Norm(shape, seed: 31)
        // |scale| ≤ 4, |gy| ≤ 2, |x − mean| ≤ 3: parts up to about 50, a few roundings of 6e-8 each.
        LayerKernel.check(
            seed: 31, atol: 1e-5, rtol: 1e-6, prepare: { norm.gy.copy() },
            reference: { _ = norm.reference(relu: relu, $0) },
            fast: { _ = norm.fast($0, relu: relu, gy: $1, $1) })
        LayerKernel.check(
            seed: 31, atol: 1e-5, rtol: 1e-6,
            prepare: { Activation(Shape(shape.n, shape.h, shape.w, shape.c, gap: 4)) },
            reference: { _ = norm.reference(relu: relu, $0) },
            fast: { _ = norm.fast($0, relu: relu, gy: norm.gy, $1) })
        let expected = norm.reference(relu: relu, Activation(shape))
        var bits: [UInt32: [UInt32]] = [:]
        LayerKernel.inEveryContext { context, name in
            let sums = norm.fast(context, relu: relu, gy: norm.gy, Activation(shape))
            // Terms up to 12: some roundings of 1e-7 of the sum of the magnitudes. One wrong mask would show: it
            // changes the sum by about 1.
            let about = "\(name), \(shape.testDescription), seed 31"
            let atol = 1e-6 * Float(shape.pixels)
            #expect(LayerKernel.mismatch(sums, expected, atol: atol, rtol: 1e-6) == nil, "\(about)")
            let ours = sums.map(\.bitPattern)
            #expect(LayerKernel.difference(ours, bits[context.isa.rawValue, default: ours]) == nil, "\(about)")
            bits[context.isa.rawValue] = ours
        }
    }

    /// Σ r·relu(gamma·(x − m)/√(v + ε) + beta) over one channel, with m and v from x itself, in double.
    private func loss(_ x: [Double], _ r: [Double], gamma: Double, beta: Double) -> Double {
        let mean = x.reduce(0, +) / Double(x.count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        let scale = gamma / (variance + 1e-5).squareRoot()
        return zip(x, r).reduce(0) { $0 + $1.1 * max(0, ($1.0 - mean) * scale + beta) }
    }

    @Test("The reference's batch normalisation gradients are slopes")
    func finiteDifferences() {
        let x = Activation(Shape(2, 3, 4, 1), seed: 35)
        let gy = Activation(x.shape, seed: 36)
        let gamma: Float = 1.3
        let beta: Float = 0.2
        var mean: Float = 0
        var variance: Float = 0
        lt_channel_moments_reference(x.view, &mean, &variance)
        let inverseStd = 1 / (variance + 1e-5).squareRoot()
        let gx = Activation(x.shape)
        var ggamma: Float = 0
        var gbeta: Float = 0
        lt_batch_norm_backward_reference(
            x.view, [mean], [inverseStd], [gamma], [beta], 1, gy.view, gx.view, &ggamma, &gbeta)
        let (values, r, step) = (x.values.map(Double.init), gy.values.map(Double.init), 1e-5)
        func slope(_ at: (Double) -> Double) -> Float { Float((at(step) - at(-step)) / (2 * step)) }
        let numeric = values.indices.map { index in
            slope { moved in
                var shifted = values
                shifted[index] += moved
                return loss(shifted, r, gamma: Double(gamma), beta: Double(beta))
            }
        }
        // Rounding of the float inputs, 1e-7 of values near 3, against slopes in double.
        #expect(LayerKernel.mismatch(gx.values, numeric, atol: 2e-6) == nil, "seeds 35, 36")
        let ofGamma = slope { loss(values, r, gamma: Double(gamma) + $0, beta: Double(beta)) }
        let ofBeta = slope { loss(values, r, gamma: Double(gamma), beta: Double(beta) + $0) }
        #expect(LayerKernel.mismatch([ggamma, gbeta], [ofGamma, ofBeta], atol: 5e-6) == nil, "seeds 35, 36")
    }
}
