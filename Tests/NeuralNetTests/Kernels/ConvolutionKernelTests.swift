import CKernels
import Testing

/// The 3×3 convolution's fast kernels against their plain reference, over odd shapes and every loop order.
@Suite struct ConvolutionKernelTests {
    struct Shape: CustomStringConvertible, Sendable {
        let n: Int, h: Int, w: Int, ci: Int, co: Int
        var description: String { "\(n)×\(h)×\(w)×\(ci)→\(co)" }
    }

    /// One-pixel images and borders, channels below, at and beside the vector widths, batches of 1 and 7, more tiles than
    /// a group holds.
    static let shapes = [
        Shape(n: 1, h: 1, w: 1, ci: 1, co: 1), Shape(n: 2, h: 7, w: 9, ci: 1, co: 5),
        Shape(n: 1, h: 5, w: 50, ci: 3, co: 19), Shape(n: 7, h: 3, w: 2, ci: 8, co: 8),
        Shape(n: 1, h: 12, w: 11, ci: 13, co: 17), Shape(n: 2, h: 24, w: 20, ci: 16, co: 32),
        Shape(n: 1, h: 1, w: 40, ci: 33, co: 3), Shape(n: 1, h: 37, w: 43, ci: 20, co: 66),
        Shape(n: 7, h: 6, w: 7, ci: 70, co: 40), Shape(n: 1, h: 8, w: 8, ci: 600, co: 33),
    ]

    /// Every algorithm and loop order that fits the shape, beside the one the planner picks.
    static func plans(_ context: lt_context, _ shape: Shape) -> [lt_conv3x3_plan] {
        let chosen = lt_conv3x3_plan_make(
            context, Int64(shape.n), Int64(shape.h), Int64(shape.w), Int64(shape.ci), Int64(shape.co))
        var plans = [chosen]
        var direct = chosen
        direct.algorithm = LT_CONV_DIRECT
        if shape.ci < 40 { plans.append(direct) }
        for algorithm in [LT_CONV_WINOGRAD_4, LT_CONV_WINOGRAD_6] {
            for shared in [0, 1] as [Int32] {
                var plan = chosen
                plan.algorithm = algorithm
                plan.shared = shared
                plan.tiles_per_group = 10
                plan.channels_per_block = 64
                plans.append(plan)
            }
        }
        return plans
    }

    static func describe(_ plan: lt_conv3x3_plan) -> String {
        "algorithm \(plan.algorithm.rawValue) shared \(plan.shared)"
    }

    /// Bounds on ‖error‖/‖result‖: what float32 sums of this length give directly, and what Winograd transforms add
    /// (measured 1e-6 to 4e-6 for F(6,3); the accepted limit is 1e-5).
    static func tolerance(_ plan: lt_conv3x3_plan) -> Double {
        plan.algorithm == LT_CONV_DIRECT ? 1e-6 : plan.algorithm == LT_CONV_WINOGRAD_4 ? 5e-6 : 1e-5
    }

    @Test(arguments: KernelSetting.all, shapes)
    func forwardMatchesReference(setting: KernelSetting, shape: Shape) {
        var random = SeededValues(seed: 11)
        let x = ViewMemory(
            [shape.n, shape.h, shape.w, shape.ci], gap: 3,
            values: random.floats(shape.n * shape.h * shape.w * shape.ci))
        let weights = random.floats(9 * shape.ci * shape.co)
        let bias = random.floats(shape.co)
        for relu in [0, 1] as [Int32] {
            let expected = ViewMemory([shape.n, shape.h, shape.w, shape.co])
            lt_conv3x3_forward_reference(x.view, weights, bias, relu, expected.view)
            setting.run { context in
                for plan in Self.plans(context, shape) {
                    let y = ViewMemory([shape.n, shape.h, shape.w, shape.co], gap: 5)
                    run(context, plan, x, weights, bias, relu, y)
                    let error = relativeError(y.values, expected.values)
                    #expect(error <= Self.tolerance(plan), "\(Self.describe(plan)) relu \(relu): \(error)")
                    #expect(y.gapsUntouched, "\(Self.describe(plan)) wrote between the pixels")
                }
            }
        }
    }

    private func run(
        _ context: lt_context, _ plan: lt_conv3x3_plan, _ x: ViewMemory, _ weights: [Float], _ bias: [Float]?,
        _ relu: Int32, _ y: ViewMemory
    ) {
        var plan = plan
        var packed = [Float](repeating: .nan, count: Int(lt_conv3x3_packed_floats(&plan)))
        var scratch = [Float](repeating: .nan, count: Int(lt_conv3x3_scratch_floats(&plan)))
        lt_conv3x3_pack(context, &plan, weights, &packed)
        if let bias {
            lt_conv3x3_forward(context, &plan, x.view, packed, bias, relu, y.view, &scratch)
        } else {
            lt_conv3x3_forward(context, &plan, x.view, packed, nil, relu, y.view, &scratch)
        }
    }

    @Test(arguments: KernelSetting.all, shapes)
    func weightGradientMatchesReference(setting: KernelSetting, shape: Shape) {
        var random = SeededValues(seed: 12)
        let pixels = shape.n * shape.h * shape.w
        let x = ViewMemory([shape.n, shape.h, shape.w, shape.ci], gap: 1, values: random.floats(pixels * shape.ci))
        let gy = ViewMemory([shape.n, shape.h, shape.w, shape.co], gap: 2, values: random.floats(pixels * shape.co))
        var expected = [Float](repeating: 0, count: 9 * shape.ci * shape.co)
        lt_conv3x3_weight_gradient_reference(x.view, gy.view, &expected)
        setting.run { context in
            for var plan in Self.plans(context, shape) {
                var gradient = [Float](repeating: .nan, count: expected.count)
                let count = Int(lt_conv3x3_weight_gradient_scratch_floats(&plan))
                var scratch = [Float](repeating: .nan, count: count)
                lt_conv3x3_weight_gradient(context, &plan, x.view, gy.view, &gradient, &scratch)
                let error = relativeError(gradient, expected)
                // Values of both signs cancel in these sums, which doubles the forward pass's relative error.
                #expect(error <= 2 * Self.tolerance(plan), "\(Self.describe(plan)): \(error)")
            }
        }
    }

    @Test func dataGradientIsTheConvolutionWithRotatedWeights() {
        // ⟨conv(x, w), gy⟩ = ⟨x, conv(gy, rotated w)⟩ for every x and gy.
        var random = SeededValues(seed: 13)
        let x = ViewMemory([2, 9, 7, 5], values: random.floats(2 * 63 * 5))
        let gy = ViewMemory([2, 9, 7, 4], values: random.floats(2 * 63 * 4))
        let weights = random.floats(9 * 5 * 4)
        var rotated = [Float](repeating: 0, count: weights.count)
        lt_conv3x3_rotate(lt_context(pool: nil, isa: lt_isa_best()), 5, 4, weights, &rotated)
        let y = ViewMemory([2, 9, 7, 4])
        let gx = ViewMemory([2, 9, 7, 5])
        lt_conv3x3_forward_reference(x.view, weights, nil, 0, y.view)
        lt_conv3x3_forward_reference(gy.view, rotated, nil, 0, gx.view)
        let left = zip(y.values, gy.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let right = zip(x.values, gx.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(left - right) <= 1e-5 * max(abs(left), 1))
    }

    @Test(arguments: KernelSetting.all.filter { $0.threads == 1 })
    func threadsDoNotChangeBits(setting: KernelSetting) {
        let shape = Shape(n: 2, h: 40, w: 33, ci: 24, co: 40)
        var random = SeededValues(seed: 14)
        let x = ViewMemory(
            [shape.n, shape.h, shape.w, shape.ci], values: random.floats(shape.n * shape.h * shape.w * shape.ci))
        let gy = ViewMemory(
            [shape.n, shape.h, shape.w, shape.co], values: random.floats(shape.n * shape.h * shape.w * shape.co))
        let weights = random.floats(9 * shape.ci * shape.co)
        var results: [[Float]] = []
        for threads in [1, 2, 3] as [Int32] {
            KernelSetting(isa: setting.isa, threads: threads).run { context in
                let y = ViewMemory([shape.n, shape.h, shape.w, shape.co])
                var plan = lt_conv3x3_plan_make(
                    context, Int64(shape.n), Int64(shape.h), Int64(shape.w), Int64(shape.ci), Int64(shape.co))
                run(context, plan, x, weights, nil, 0, y)
                var gradient = [Float](repeating: 0, count: weights.count)
                var scratch = [Float](
                    repeating: 0, count: Int(lt_conv3x3_weight_gradient_scratch_floats(&plan)))
                lt_conv3x3_weight_gradient(context, &plan, x.view, gy.view, &gradient, &scratch)
                results.append(y.values + gradient)
            }
        }
        #expect(results[0] == results[1] && results[1] == results[2])
    }

    @Test(arguments: KernelSetting.all)
    func nanReachesTheOutput(setting: KernelSetting) {
        var values = [Float](repeating: 1, count: 12 * 12 * 16)
        values[5 * 12 * 16 + 5 * 16] = .nan
        let x = ViewMemory([1, 12, 12, 16], values: values)
        let y = ViewMemory([1, 12, 12, 16])
        setting.run { context in
            let plan = lt_conv3x3_plan_make(context, 1, 12, 12, 16, 16)
            run(context, plan, x, [Float](repeating: 0.1, count: 9 * 256), nil, 1, y)
        }
        #expect(y.values[(5 * 12 + 5) * 16].isNaN)
    }
}
