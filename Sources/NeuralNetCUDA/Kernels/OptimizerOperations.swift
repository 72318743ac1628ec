import CCUDA
import CCUDAKernels
import Foundation
import NeuralNet

extension CUDABackend: OptimizerOperations {
    public func adam(
        parameters: Slice, gradients: Slice, firstMoment: Slice, secondMoment: Slice, step: AdamStep,
        unless failures: Slice?
    ) {
        // The CPU kernel's constants, in double precision as there.
        let first = 1 - pow(Double(step.beta1), Double(step.step))
        let second = 1 - pow(Double(step.beta2), Double(step.step))
        let count = parameters.bytes / MemoryLayout<Float>.size
        launch(
            "optimizer", "adam", items: count,
            lt_adam_arguments(
                parameters: parameters.address, gradients: gradients.address, first_moment: firstMoment.address,
                second_moment: secondMoment.address, failures: failures?.address ?? 0, count: Int64(count),
                beta1: step.beta1, beta2: step.beta2, one_minus_beta1: Float(1 - Double(step.beta1)),
                one_minus_beta2: Float(1 - Double(step.beta2)), step: Float(Double(step.learningRate) / first),
                inverse_root: Float(1 / second.squareRoot()), epsilon: step.epsilon, l2: step.l2,
                gradient_scale: step.gradientScale, unused: 0))
    }

    public func sumOfSquares(_ x: Slice, into sum: Slice) {
        flatSum(
            "sum_of_squares", suffix: "", x.address, count: x.bytes / MemoryLayout<Float>.size, adding: false,
            into: sum)
    }

    public func judge(_ report: StepReport<CUDABuffer>) {
        launch(
            "optimizer", "judge_step", items: 1,
            lt_judge_arguments(
                loss: report.loss.address, squares: report.squares.address, bad_inputs: report.badInputs.address,
                failures: report.failures.address))
    }

    // MARK: - Sums of flat arrays

    /// Bytes of `flatSums`: a result of eight bytes, then the shares' partial sums.
    static let flatSumBytes = 8192

    /// Counts into `result` (nil: the first eight bytes of `flatSums`); `adding` to what is there.
    package func countNotFinite(
        _ address: lt_cuda_address, _ element: ElementType, count: Int, adding: Bool, into result: Slice? = nil
    ) {
        flatSum(
            "count_not_finite", suffix: "_\(element.rawValue)", address, count: count, adding: adding, into: result)
    }

    /// Has a sum formed in `flatSums`, waits for it and reads it, with nobody else's in between.
    func readingFlatSum<Number: BitwiseCopyable & Numeric>(
        as type: Number.Type, _ sum: () -> Void
    ) throws(NeuralNetError) -> Number {
        flatSumsLock.lock()
        defer { flatSumsLock.unlock() }
        sum()
        return try read(flatSums.part(0, MemoryLayout<Number>.size), as: type, 0)
    }

    private func flatSum(
        _ name: String, suffix: String, _ address: lt_cuda_address, count: Int, adding: Bool, into result: Slice?
    ) {
        // At most as many shares as `flatSumBytes` has room for; from the count alone.
        let shareCount = max((count + 1022) / 1023, 16 * LaunchGrid.threads)
        let shares = (count + shareCount - 1) / shareCount
        let arguments = lt_flat_sum_arguments(
            x: address, partials: flatSums.address + 8, result: (result ?? flatSums).address, count: Int64(count),
            share_count: Int64(shareCount), shares: Int32(shares), adding: adding ? 1 : 0)
        // The shares' sums lie in memory that all callers use: nobody else's pass may come between the two.
        context.withStream { _ in
            launch("optimizer", name + suffix, blocks: LaunchSize(shares), arguments)
            launch("optimizer", name + "_finish", blocks: LaunchSize(1), arguments)
        }
    }
}
