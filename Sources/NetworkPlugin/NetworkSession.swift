import CModelPlugin
import Imaging
import NeuralNet
import Segmentation

/// A network with its weights ready. Volumes go through it a few slices at a time, so that memory does not grow with them.
final class NetworkSession {
    /// Slices that go through the network together; where deep layers' weights are read often enough for each.
    private static let batch = 4

    private let segmenter: any SliceSegmenter
    /// What it computes on.
    let work: NetworkWork
    private let needsLungs: Bool

    /// Throws `PluginFailure`, and what loading a model and starting a device throw.
    init(_ request: lungtriage_open_request) throws {
        guard let definition = NetworkPlugin.definition, let folder = request.model_folder, let device = request.device
        else { throw PluginFailure(LUNGTRIAGE_BAD_INPUT, "The host asked for a session without a folder or a device.") }
        guard let place = NetworkDevice(device.pointee) else {
            throw PluginFailure(LUNGTRIAGE_DEVICE_FAILED, "This plugin runs on the CPU and on NVIDIA GPUs.")
        }
        let model = try SegmentationModel.load(String(cString: folder) + "/" + definition.weights)
        let largest = definition.labels.map(\.value).max() ?? 0
        guard model.network.outputChannels == Int(largest) + 1 else {
            throw PluginFailure(
                LUNGTRIAGE_BAD_MODEL,
                "The model has \(model.network.outputChannels) classes, but the plugin's labels go to \(largest).")
        }
        (segmenter, work) = try place.segmenter(
            model, averagesMirrored: definition.averagesMirrored, microBatch: Self.batch)
        needsLungs = segmenter.preparation.crop == .lungs
    }

    /// Bytes for a batch of slices and what its network needs, generously; weights included.
    static func memoryEstimate(columns: Int, rows: Int) -> UInt64 {
        UInt64(clamping: 600_000_000 + columns * rows * batch * 64)
    }

    /// Throws `PluginFailure`, and what `VolumeSegmenter` throws.
    func segment(_ request: lungtriage_segment_request) throws {
        let slices = try RequestedSlices(request)
        guard !needsLungs || request.lungs != nil else {
            throw PluginFailure(LUNGTRIAGE_BAD_INPUT, "This plugin needs lung fields.")
        }
        for first in stride(from: 0, to: slices.wanted.count, by: Self.batch) {
            if let cancelled = request.cancelled, cancelled(request.context) != 0 {
                throw PluginFailure(LUNGTRIAGE_CANCELLED, "The host cancelled the call.")
            }
            let batch = Array(slices.wanted[first..<min(first + Self.batch, slices.wanted.count)])
            let prediction = try segmenter.prediction(
                of: try slices.volume(of: batch), slices: Array(batch.indices), lungs: try slices.lungs(of: batch),
                wantsProbabilities: request.probabilities != nil, progress: { _ in })
            slices.write(prediction, of: batch)
            request.progress?(request.context, Double(first + batch.count) / Double(slices.wanted.count))
        }
    }
}
