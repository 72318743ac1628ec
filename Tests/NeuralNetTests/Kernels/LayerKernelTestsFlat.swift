import CKernels
import Testing

@Suite("Layer kernels, flat arrays")
struct LayerKernelTestsFlat {
    typealias Random = LayerKernel.Random

    private struct Adam {
        var parameters, first, second: [Float]

        init(_ count: Int, seed: UInt64) {
            var random = Random(seed: seed)
            parameters = random.floats(count, in: -1...1)
            first = [Float](repeating: 0, count: count)
            second = first
        }

        func options(step: Int64) -> lt_adam_options {
            lt_adam_options(
                learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 5e-4, gradient_scale: 0.25, step: step
            )
        }

        mutating func reference(_ gradients: [Float], step: Int64) {
            lt_adam_reference(Int64(parameters.count), &parameters, gradients, &first, &second, options(step: step))
        }

        mutating func fast(_ context: lt_context, _ gradients: [Float], step: Int64) {
            lt_adam(context, Int64(parameters.count), &parameters, gradients, &first, &second, options(step: step))
        }
    }

    @Test("Adam, five steps", arguments: [0, 1, 7, 16, 1003, 70_001])
    func adam(count: Int) {
        var random = Random(seed: 71)
        let gradients = (0..<5).map { _ in random.floats(count, in: -3...3) }
        var expected = Adam(count, seed: 72)
        for (index, g) in gradients.enumerated() { expected.reference(g, step: Int64(index + 1)) }
        var bits: [UInt32: [UInt32]] = [:]
        LayerKernel.inEveryContext { context, name in
            var ours = Adam(count, seed: 72)
            for (index, g) in gradients.enumerated() { ours.fast(context, g, step: Int64(index + 1)) }
            let about = "\(name), \(count) values, seed 71"
            // A step moves a parameter by up to 1e-3 and is good to some 1e-6 of that; the parameter's own rounding is
            // 6e-8 a step. Moments: a few roundings a step, relative to gradients up to 0.75.
            #expect(LayerKernel.mismatch(ours.parameters, expected.parameters, atol: 3e-7) == nil, "\(about)")
            #expect(LayerKernel.mismatch(ours.first, expected.first, atol: 2e-7) == nil, "\(about)")
            #expect(LayerKernel.mismatch(ours.second, expected.second, atol: 1e-12, rtol: 2e-6) == nil, "\(about)")
            let moved = ours.parameters.map(\.bitPattern)
            #expect(LayerKernel.difference(moved, bits[context.isa.rawValue, default: moved]) == nil, "\(about)")
            bits[context.isa.rawValue] = moved
        }
    }

    @Test("Adam's first step moves by the learning rate against the gradient's sign")
    func adamFirstStep() {
        LayerKernel.inEveryContext { context, name in
            var parameters: [Float] = [1, 1, 1]
            var first: [Float] = [0, 0, 0]
            var second: [Float] = [0, 0, 0]
            let options = lt_adam_options(
                learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0, gradient_scale: 1, step: 1)
            lt_adam(context, 3, &parameters, [5, -0.1, 0], &first, &second, options)
            // By bias correction m̂ = g and v̂ = g²: the step is rate · g / (|g| + 1e-8).
            #expect(LayerKernel.mismatch(parameters, [0.99, 1.01, 1], atol: 2e-7) == nil, "\(name): \(parameters)")
        }
    }

    @Test("Sum of squares", arguments: [0, 1, 5, 31, 4097, 200_003])
    func sumOfSquares(count: Int) {
        var random = Random(seed: 73)
        var x = random.floats(count, in: -2...2)
        if count > 4 { x[3] = 1e30 }  // its square is no float
        let expected = lt_sum_of_squares_reference(Int64(count), x)
        var bits: [UInt32: Double] = [:]
        LayerKernel.inEveryContext { context, name in
            let sum = lt_sum_of_squares(context, Int64(count), x)
            // Sums in double in another order: 1e-16 for each of some thousand steps of a share.
            #expect(abs(sum - expected) <= 1e-12 * expected, "\(name), \(count) values, seed 73")
            #expect(bits[context.isa.rawValue, default: sum] == sum, "\(name), \(count) values, seed 73")
            bits[context.isa.rawValue] = sum
        }
    }

    @Test("Values that are not finite", arguments: [0, 1, 5, 31, 4097, 200_003])
    func notFinite(count: Int) {
        var random = Random(seed: 74)
        var x = random.floats(count, in: -2...2)
        for index in x.indices {
            switch index % 11 {
            case 3: x[index] = .nan
            case 5: x[index] = index % 2 == 0 ? .infinity : -.infinity
            case 6: x[index] = .greatestFiniteMagnitude
            case 8: x[index] = -.leastNonzeroMagnitude
            default: break
            }
        }
        let expected = Int64(x.count { !$0.isFinite })
        #expect(lt_count_not_finite_reference(Int64(count), x) == expected)
        LayerKernel.inEveryContext { context, name in
            #expect(lt_count_not_finite(context, Int64(count), x) == expected, "\(name), \(count) values")
        }
    }
}
