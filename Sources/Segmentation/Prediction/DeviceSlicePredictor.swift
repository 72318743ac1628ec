import Foundation
import Imaging
import NeuralNet

/// The device makes pictures and labels, too: slices go there as they are and come back as labels. While it works on one batch,
/// the next is copied to it. Where memory runs out, batches are halved and the batch is done again.
///
/// `@unchecked Sendable`: the lock lets one caller at a time use the stages.
final class DeviceSlicePredictor<B: Backend>: SlicePredictor, @unchecked Sendable {
    private let recipe: DeviceStages<B>.Recipe
    private let notice: @Sendable (String) -> Void
    private let lock = NSLock()
    private var stages: DeviceStages<B>?
    /// Slices that go through the network together.
    private var batch: Int

    /// `notice` is told when batches become smaller. Throws what `InferenceSession` throws, `outOfMemory` when there is no room
    /// for one slice.
    init(
        _ recipe: DeviceStages<B>.Recipe, atMost batch: Int, notice: @escaping @Sendable (String) -> Void
    ) throws(NeuralNetError) {
        self.recipe = recipe
        self.notice = notice
        self.batch = batch
        while stages == nil {
            do throws(NeuralNetError) {
                stages = try DeviceStages(recipe, batch: self.batch)
            } catch {
                try halve(after: error)
            }
        }
    }

    func predict(
        count: Int, wantsProbabilities: Bool, read: (Range<Int>) throws -> SliceBatch,
        write: (Range<Int>, SlicePrediction) throws -> Void
    ) throws {
        lock.lock()
        defer { lock.unlock() }
        var done = 0
        while done < count {
            do {
                let stages = try self.stages ?? DeviceStages(recipe, batch: batch)
                self.stages = stages
                try stages.run(from: &done, to: count, wantsForeground: wantsProbabilities, read: read, write: write)
            } catch {
                // What is under way would report its failure to the next study.
                try? recipe.backend.synchronize()
                guard let error = error as? NeuralNetError else { throw error }
                try halve(after: error)
            }
        }
    }

    /// Throws the error unless smaller batches may help.
    private func halve(after error: NeuralNetError) throws(NeuralNetError) {
        guard error.code == .outOfMemory, batch > 1 else { throw error }
        stages = nil
        let former = batch
        batch = (batch + 1) / 2
        notice(
            "The device has too little free memory for \(former) slices at a time; from now on it gets \(batch). (\(error))"
        )
    }
}
