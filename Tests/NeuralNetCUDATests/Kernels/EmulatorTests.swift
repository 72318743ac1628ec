import CCUDAKernels
import CUDAEmulator
import NeuralNet
import NeuralNetCUDA
import Testing

/// The emulator shows the mistakes that it is there for.
@Suite("The emulator of CUDA's threads")
struct EmulatorTests {
    /// 0 and what `y` became, or the words of the rule that was broken.
    private func run(_ name: String, count: Int = 0, blocks: UInt32 = 1, threads: UInt32) -> (
        error: String?, y: [Float]
    ) {
        var x = (0..<64).map { Float($0) }
        var y = [Float](repeating: -1, count: 64)
        return x.withUnsafeMutableBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                var arguments = lt_cast_arguments(
                    x: lt_address(UInt(bitPattern: x.baseAddress)), y: lt_address(UInt(bitPattern: y.baseAddress)),
                    count: Int64(count))
                let result = cuda_emulator_run(name, blocks, 1, 1, threads, 1, 1, 0, &arguments)
                return (result == 0 ? nil : String(cString: cuda_emulator_error()), Array(y))
            }
        }
    }

    @Test func barriersLetThreadsSeeEachOther() {
        let expected = (1..<64).map { Float($0) } + [0]
        defer { cuda_emulator_set_order(0) }
        for seed in [0, 1, 2] as [UInt64] {
            cuda_emulator_set_order(seed)
            #expect(run("probe_with_barrier", threads: 64).y == expected)
            #expect(run("probe_without_barrier", threads: 64).y != expected)
        }
    }

    @Test func brokenRules() {
        #expect(run("probe_divergent", count: 5, threads: 32).error?.contains("5 of 32 threads") == true)
        #expect(run("probe_beyond", threads: 5).error?.contains("index 4 of the shared array \"values\"") == true)
        #expect(run("no such kernel", threads: 1).error?.contains("no kernel") == true)
        #expect(run("probe_divergent", threads: 1025).error?.contains("beyond what every device allows") == true)
        // And afterwards everything works as before.
        #expect(run("probe_divergent", count: 32, threads: 32).error == nil)
        #expect(run("probe_divergent", count: 0, threads: 32).error == nil)
    }

    @Test func sharedMemoryIsForgottenBetweenBlocks() {
        let found = run("probe_leftover", blocks: 3, threads: 1).y
        for block in 0..<3 { #expect(found[block].isNaN) }
    }

    /// Every entry point that the backend knows by name and type is there.
    @Test func namesAreRegular() {
        let names = (0..<cuda_emulator_kernel_count()).map { String(cString: cuda_emulator_kernel_name($0)) }
        let types = ElementType.allCases.map { "_" + $0.rawValue }
        for name in names where name.hasSuffix(types[0]) && !name.contains("_float16_") && !name.contains("_bfloat16_")
        {
            let stem = name.dropLast(types[0].count)
            #expect(types.allSatisfy { names.contains(stem + $0) }, "\(name)")
        }
        #expect(names.count > 100)
    }
}
