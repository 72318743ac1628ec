import CCUDA
import CCUDAKernels
import Foundation
import NeuralNet

extension CUDABackend: OptimizerOperations {
    public func adam(parameters: Slice, gradients: Slice, firstMoment: Slice, secondMoment: Slice, step: AdamStep) {
        adam(
            parameters: parameters, gradients: gradients, firstMoment: firstMoment, secondMoment: secondMoment,
            step: step, unless: nil)
    }

    /// `overflow`: a count of values that are not finite (`countNotFinite(…, adding:)`); where it is above 0 when the step
    /// runs, nothing changes, without the host having to look.
    package func adam(
        parameters: Slice, gradients: Slice, firstMoment: Slice, secondMoment: Slice, step: AdamStep,
        unless overflow: Slice?
    ) {
        // The CPU kernel's constants, in double precision as there.
        let first = 1 - pow(Double(step.beta1), Double(step.step))
        let second = 1 - pow(Double(step.beta2), Double(step.step))
        let count = parameters.bytes / MemoryLayout<Float>.size
        launch(
            "optimizer", "adam", items: count,
            lt_adam_arguments(
                parameters: parameters.address, gradients: gradients.address, first_moment: firstMoment.address,
                second_moment: secondMoment.address, overflow: overflow?.address ?? 0, count: Int64(count),
                beta1: step.beta1, beta2: step.beta2, one_minus_beta1: Float(1 - Double(step.beta1)),
                one_minus_beta2: Float(1 - Double(step.beta2)), step: Float(Double(step.learningRate) / first),
                inverse_root: Float(1 / second.squareRoot()), epsilon: step.epsilon, l2: step.l2,
                gradient_scale: step.gradientScale, unused: 0))
    }

    public func sumOfSquares(_ x: Slice) throws(NeuralNetError) -> Double {
        let count = x.bytes / MemoryLayout<Float>.size
        return try readingFlatSum(as: Double.self) {
            flatSum("sum_of_squares", suffix: "", x.address, count: count, adding: false, into: flatSums)
        }
    }

    // MARK: - Sums of flat arrays

    /// Bytes of memory for a sum: its result of eight bytes, then the shares' partial sums.
    package static let flatSumBytes = 8192

    /// Counts into the first eight bytes of `sums`, `flatSumBytes` long; `adding` to what they hold. Without `sums` it is
    /// `flatSums`, which only one caller at a time may use.
    package func countNotFinite(
        _ address: lt_cuda_address, _ element: ElementType, count: Int, adding: Bool, into sums: Slice? = nil
    ) {
        flatSum(
            "count_not_finite", suffix: "_\(element.rawValue)", address, count: count, adding: adding,
            into: sums ?? flatSums)
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
        _ name: String, suffix: String, _ address: lt_cuda_address, count: Int, adding: Bool, into sums: Slice
    ) {
        // At most as many shares as `flatSumBytes` has room for; from the count alone.
        let shareCount = max((count + 1022) / 1023, 16 * LaunchGrid.threads)
        let shares = (count + shareCount - 1) / shareCount
        let arguments = lt_flat_sum_arguments(
            x: address, partials: sums.address + 8, result: sums.address, count: Int64(count),
            share_count: Int64(shareCount), shares: Int32(shares), adding: adding ? 1 : 0)
        launch("optimizer", name + suffix, blocks: LaunchSize(shares), arguments)
        launch("optimizer", name + "_finish", blocks: LaunchSize(1), arguments)
    }
}
