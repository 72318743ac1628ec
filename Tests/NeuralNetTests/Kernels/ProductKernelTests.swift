import CKernels
import Testing

/// 1×1 and 2×2 transposed convolution against their plain references.
@Suite struct ProductKernelTests {
    /// n, h, w, ci, co
    static let shapes: [[Int]] = [
        [1, 1, 1, 1, 1], [7, 5, 6, 7, 4], [2, 3, 4, 6, 5], [1, 8, 8, 16, 8], [1, 33, 17, 40, 33], [3, 9, 2, 300, 70],
    ]

    @Test(arguments: KernelSetting.all, shapes)
    func pointwiseConvolution(setting: KernelSetting, shape: [Int]) {
        let (ci, co) = (shape[3], shape[4])
        let grid = Array(shape[0..<3])
        var random = SeededValues(seed: 21)
        let x = ViewMemory(grid + [ci], gap: 2, values: random.floats(grid.reduce(1, *) * ci))
        let matrix = random.floats(ci * co)
        let bias = random.floats(co)
        for relu in [0, 1] as [Int32] {
            let y = ViewMemory(grid + [co], gap: 3)
            let expected = ViewMemory(grid + [co])
            lt_conv1x1_forward_reference(x.view, matrix, bias, relu, expected.view)
            setting.run { context in
                var packed = [Float](
                    repeating: .nan, count: Int(lt_product_packed_floats(context, Int64(ci), Int64(co))))
                lt_product_pack(context, Int64(ci), Int64(co), matrix, Int64(co), &packed)
                lt_conv1x1_forward(context, x.view, packed, bias, relu, y.view)
            }
            // Sums of up to 300 products in float32.
            #expect(relativeError(y.values, expected.values) <= 1e-6)
            #expect(y.gapsUntouched)
        }
    }

    @Test(arguments: KernelSetting.all, shapes)
    func transposedConvolution(setting: KernelSetting, shape: [Int]) {
        let (ci, co) = (shape[3], shape[4])
        let grid = Array(shape[0..<3])
        var random = SeededValues(seed: 22)
        let x = ViewMemory(grid + [ci], gap: 1, values: random.floats(grid.reduce(1, *) * ci))
        let matrices = random.floats(4 * ci * co)
        let bias = random.floats(co)
        let large = [grid[0], 2 * grid[1], 2 * grid[2], co]
        let y = ViewMemory(large, gap: 4)
        let expected = ViewMemory(large)
        lt_transposed2x2_forward_reference(x.view, matrices, bias, expected.view)
        setting.run { context in
            let each = Int(lt_product_packed_floats(context, Int64(ci), Int64(co)))
            var packed = [Float](repeating: .nan, count: 4 * each)
            packed.withUnsafeMutableBufferPointer { packed in
                matrices.withUnsafeBufferPointer { matrices in
                    for corner in 0..<4 {
                        lt_product_pack(
                            context, Int64(ci), Int64(co), matrices.baseAddress! + corner * ci * co, Int64(co),
                            packed.baseAddress! + corner * each)
                    }
                }
            }
            lt_transposed2x2_forward(context, x.view, packed, bias, y.view)
        }
        #expect(relativeError(y.values, expected.values) <= 1e-6)
        #expect(y.gapsUntouched)
    }

    @Test(arguments: KernelSetting.all)
    func gatherInvertsTheMovement(setting: KernelSetting) {
        let gy = ViewMemory([2, 6, 4, 3], gap: 2, values: (0..<(2 * 6 * 4 * 3)).map(Float.init))
        var rows = [Float](repeating: .nan, count: 2 * 3 * 2 * 12)
        setting.run { lt_transposed2x2_gather($0, gy.view, &rows) }
        for n in 0..<2 {
            for i in 0..<6 {
                for j in 0..<4 {
                    for c in 0..<3 {
                        let pixel = (n * 3 + i / 2) * 2 + j / 2
                        let corner = i % 2 * 2 + j % 2
                        #expect(rows[pixel * 12 + corner * 3 + c] == Float(((n * 6 + i) * 4 + j) * 3 + c))
                    }
                }
            }
        }
    }
}
