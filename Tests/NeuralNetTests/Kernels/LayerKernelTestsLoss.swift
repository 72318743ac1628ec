import CKernels
import Testing

@Suite("Layer kernels, loss")
struct LayerKernelTestsLoss {
    typealias Shape = LayerKernel.Shape
    typealias Activation = LayerKernel.Activation

    struct Mix: CustomTestStringConvertible, Sendable {
        var crossEntropy: Float, dice: Float, weighted: Bool, ignore: Int32
        var testDescription: String { "\(crossEntropy)·CE + \(dice)·Dice, weighted \(weighted), ignoring \(ignore)" }
    }
    static let mixes = [
        Mix(crossEntropy: 1, dice: 0, weighted: false, ignore: -1),
        Mix(crossEntropy: 0, dice: 1, weighted: false, ignore: 0),
        Mix(crossEntropy: 0.5, dice: 2, weighted: true, ignore: 255),
        Mix(crossEntropy: 1, dice: 1, weighted: true, ignore: -1),
    ]

    /// One loss with its inputs; weights must outlive the call, so they are passed inside.
    private struct Case {
        let logits: Activation
        var labels: [UInt8]
        let weights: [Float]
        let mix: Mix

        init(_ shape: Shape, _ mix: Mix, seed: UInt64, range: Float = 4) {
            var random = LayerKernel.Random(seed: seed)
            logits = Activation(shape, seed: seed + 1, in: -range...range)
            labels = (0..<shape.pixels).map { _ in UInt8.random(in: 0...UInt8(shape.c - 1), using: &random) }
            if mix.ignore == 255 { for index in labels.indices where index % 5 == 2 { labels[index] = 255 } }
            weights = random.floats(shape.c, in: 0.2...3)
            self.mix = mix
        }

        private func options(_ weights: UnsafePointer<Float>) -> lt_loss_options {
            lt_loss_options(
                class_weights: mix.weighted ? weights : nil, ignore: mix.ignore, cross_entropy_weight: mix.crossEntropy,
                dice_weight: mix.dice)
        }

        func reference(_ gx: Activation?) -> lt_loss_result {
            weights.withUnsafeBufferPointer {
                lt_loss_reference(logits.view, labels, options($0.baseAddress!), gx?.view ?? lt_view())
            }
        }

        func fast(_ context: lt_context, _ gx: Activation?) -> lt_loss_result {
            let s = logits.shape
            let floats = lt_loss_scratch_floats(context, Int64(s.n), Int64(s.h), Int64(s.w), Int64(s.c))
            var scratch = [Float](repeating: .nan, count: Int(floats))
            return weights.withUnsafeBufferPointer {
                lt_loss(context, logits.view, labels, options($0.baseAddress!), gx?.view ?? lt_view(), &scratch)
            }
        }
    }

    private func near(_ a: Double, _ b: Double, rtol: Double, atol: Double = 0) -> Bool {
        (a.isNaN && b.isNaN) || abs(a - b) <= atol + rtol * abs(b)
    }

    @Test("Loss and gradient", arguments: LayerKernelTestsClasses.shapes.filter { $0.c <= 256 }, Self.mixes)
    func loss(shape: Shape, mix: Mix) {
        let one = Case(shape, mix, seed: 61)
        let expectedGradient = Activation(shape)
        let expected = one.reference(expectedGradient)
        let largest = expectedGradient.values.map(abs).max() ?? 0
        var bits: [UInt32: UInt64] = [:]
        // p is good to some 6e-7 and enters terms as large as the largest gradient.
        LayerKernel.check(
            seed: 61, atol: 2e-6 * largest, rtol: 2e-6,
            prepare: { Activation(Shape(shape.n, shape.h, shape.w, shape.c, gap: 1)) },
            reference: { _ = one.reference($0) },
            fast: { context, gx in
                let result = one.fast(context, gx)
                let about = "\(mix.testDescription), \(shape.testDescription), seed 61"
                // Each pixel's part is good to about 5e-7 and all parts are positive; Dice is 1 minus a number near its
                // own size, so it also gets an absolute tolerance.
                #expect(near(result.cross_entropy, expected.cross_entropy, rtol: 1e-6), "\(about)")
                #expect(near(result.dice_loss, expected.dice_loss, rtol: 1e-6, atol: 1e-6), "\(about)")
                #expect(near(result.loss, expected.loss, rtol: 1e-6, atol: 2e-6), "\(about)")
                #expect(result.counted == expected.counted && result.bad_label == 0, "\(about)")
                #expect(
                    bits[context.isa.rawValue, default: result.loss.bitPattern] == result.loss.bitPattern, "\(about)")
                bits[context.isa.rawValue] = result.loss.bitPattern
            })
    }

    @Test("A nearly certain network still has an accurate loss", arguments: [2, 3, 4, 5])
    func confident(classes: Int) {
        var one = Case(Shape(1, 40, 40, classes), Self.mixes[0], seed: 62, range: 1)
        for pixel in one.labels.indices {
            one.logits[pixel, Int(one.labels[pixel])] = 18 + Float(pixel % 7)
        }
        let expected = one.reference(nil)
        #expect(expected.cross_entropy < 1e-6)
        LayerKernel.inEveryContext { context, name in
            #expect(near(one.fast(context, nil).cross_entropy, expected.cross_entropy, rtol: 2e-6), "\(name), seed 62")
        }
        one.labels = one.labels.map { ($0 + 1) % UInt8(classes) }
        let wrong = one.reference(nil)
        LayerKernel.inEveryContext { context, name in
            #expect(near(one.fast(context, nil).cross_entropy, wrong.cross_entropy, rtol: 2e-6), "\(name), seed 62")
        }
    }

    @Test("NaN and infinite logits show, whatever is weighed", arguments: Self.mixes, [1, 2, 3, 4, 5])
    func notFinite(mix: Mix, classes: Int) {
        for value in [Float.nan, .infinity] {
            for channel in 0..<classes {
                var one = Case(Shape(1, 9, 9, classes), mix, seed: 63)
                one.labels[40] = UInt8(classes - 1)
                if mix.ignore == 0 && classes == 1 { continue }
                one.logits[40, channel] = value
                LayerKernel.inEveryContext { context, name in
                    #expect(one.fast(context, nil).loss.isNaN, "\(value) in class \(channel), \(name)")
                }
            }
        }
    }

    @Test("Ignored pixels count for nothing", arguments: [2, 4, 6])
    func ignored(classes: Int) {
        var one = Case(Shape(1, 11, 13, classes), Mix(crossEntropy: 1, dice: 1, weighted: false, ignore: 7), seed: 64)
        for index in one.labels.indices where index % 3 == 0 {
            one.labels[index] = 7
            one.logits[index, 0] = .nan
        }
        LayerKernel.inEveryContext { context, name in
            let gx = Activation(one.logits.shape, seed: 65)
            let result = one.fast(context, gx)
            #expect(result.loss.isFinite && result.counted == 95, "\(name), seed 64")
            #expect(
                stride(from: 0, to: 143, by: 3).allSatisfy { gx[$0, 0] == 0 && gx[$0, classes - 1] == 0 }, "\(name)")
            #expect(gx.values.allSatisfy { $0.isFinite }, "\(name), seed 64")
        }
        one.labels = one.labels.map { _ in 7 }
        LayerKernel.inEveryContext { context, name in
            let gx = Activation(one.logits.shape, seed: 65)
            let result = one.fast(context, gx)
            #expect(result.counted == 0 && result.cross_entropy.isNaN && result.dice_loss == 0, "\(name)")
            #expect(gx.values.allSatisfy { $0 == 0 }, "\(name)")
        }
    }

    @Test("Bad labels are counted and nothing is written", arguments: [2, 3, 13])
    func badLabels(classes: Int) {
        var one = Case(Shape(2, 50, 60, classes), Mix(crossEntropy: 1, dice: 1, weighted: true, ignore: 200), seed: 66)
        one.labels[0] = UInt8(classes)
        one.labels[1] = 200
        one.labels[3001] = 255
        one.labels[5999] = 100
        LayerKernel.inEveryContext { context, name in
            let gx = Activation(one.logits.shape, seed: 67)
            let before = gx.values
            let result = one.fast(context, gx)
            #expect(result.bad_label == 3 && result.counted == 5999, "\(name)")
            #expect(LayerKernel.difference(gx.values, before) == nil, "\(name)")
        }
        #expect(one.reference(nil).bad_label == 3)
    }

    @Test("More classes than a label can name give NaN, no pixels give no result")
    func outOfRange() {
        let many = Case(Shape(1, 2, 2, 200), Self.mixes[0], seed: 68)
        let logits = Activation(Shape(1, 2, 2, 257))
        var scratch = [Float](repeating: 0, count: 8192)
        LayerKernel.inEveryContext { context, name in
            let options = lt_loss_options(class_weights: nil, ignore: -1, cross_entropy_weight: 1, dice_weight: 1)
            #expect(lt_loss(context, logits.view, many.labels, options, lt_view(), &scratch).loss.isNaN, "\(name)")
            let none = Activation(Shape(0, 2, 2, 3))
            #expect(lt_loss(context, none.view, many.labels, options, none.view, &scratch).counted == 0, "\(name)")
        }
    }

    @Test("The reference's gradient is its loss's slope", arguments: Self.mixes)
    func finiteDifferences(mix: Mix) {
        let one = Case(Shape(1, 3, 3, 3), mix, seed: 69, range: 2)
        let gx = Activation(one.logits.shape)
        _ = one.reference(gx)
        let step: Float = 0x1p-8  // the error of the central difference is about step²/6 of the third derivative
        for pixel in 0..<9 {
            for channel in 0..<3 {
                let value = one.logits[pixel, channel]
                one.logits[pixel, channel] = value + step
                let above = one.reference(nil).loss
                let upper = one.logits[pixel, channel]
                one.logits[pixel, channel] = value - step
                let below = one.reference(nil).loss
                let lower = one.logits[pixel, channel]
                one.logits[pixel, channel] = value
                let slope = (above - below) / Double(upper - lower)
                #expect(
                    near(Double(gx[pixel, channel]), slope, rtol: 1e-4, atol: 1e-6), "\(mix.testDescription), seed 69")
            }
        }
    }
}
