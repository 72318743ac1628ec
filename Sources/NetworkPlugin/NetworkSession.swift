import CModelPlugin
import Imaging
import NeuralNet
import Segmentation

/// A network with its weights ready. Volumes go through it a few slices at a time, so that memory does not grow with them.
final class NetworkSession {
    private let model: SegmentationModel
    private let definition: NetworkPluginDefinition
    private let device: NetworkDevice
    private let host: PluginHost
    private let segmenter: any SliceSegmenter
    private let ownWork: NetworkWork
    /// On the CPU, made when a GPU cannot label a volume.
    private var substitute: (segmenter: any SliceSegmenter, work: NetworkWork)?
    /// What the last volume was labelled on, or the next will be.
    private(set) var work: NetworkWork

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
        let host = PluginHost(request.host)
        self.model = model
        self.definition = definition
        self.device = place
        self.host = host
        (segmenter, ownWork) = try place.segmenter(
            model, averagesMirrored: definition.averagesMirrored, notice: { host.warn($0) })
        work = ownWork
    }

    /// Throws `PluginFailure`, and what `VolumeSegmenter` throws.
    func segment(_ request: lungtriage_segment_request) throws {
        let slices = try RequestedSlices(request)
        guard segmenter.preparation.crop != .lungs || request.lungs != nil else {
            throw PluginFailure(LUNGTRIAGE_BAD_INPUT, "This plugin needs lung fields.")
        }
        work = ownWork
        do {
            try label(slices, request, by: segmenter)
        } catch let error as NeuralNetError where device.isGPU && [.outOfMemory, .notFinite].contains(error.code) {
            // No room for one slice, or values beyond what float16 holds. The next volume is tried there again.
            host.warn("This volume is labelled on the CPU: \(error)")
            let (segmenter, work) = try substituted()
            self.work = work
            try label(slices, request, by: segmenter)
        }
    }

    private func substituted() throws -> (any SliceSegmenter, NetworkWork) {
        if let substitute { return substitute }
        let made = try device.cpu.segmenter(
            model, averagesMirrored: definition.averagesMirrored, notice: { [host] in host.warn($0) })
        substitute = made
        return made
    }

    private func label(
        _ slices: RequestedSlices, _ request: lungtriage_segment_request, by segmenter: any SliceSegmenter
    ) throws {
        let count = slices.wanted.count
        try segmenter.predict(count: count, wantsProbabilities: request.probabilities != nil) { range in
            if let cancelled = request.cancelled, cancelled(request.context) != 0 {
                throw PluginFailure(LUNGTRIAGE_CANCELLED, "The host cancelled the call.")
            }
            let batch = Array(slices.wanted[range])
            return (try slices.volume(of: batch), try slices.lungs(of: batch))
        } write: { range, found in
            slices.write(found, of: Array(slices.wanted[range]))
            request.progress?(request.context, Double(range.upperBound) / Double(count))
        }
    }
}

/// The host's services, which live as long as the session.
///
/// `@unchecked Sendable`: the host lets any thread call them.
struct PluginHost: @unchecked Sendable {
    private let services: UnsafePointer<lungtriage_host>?

    init(_ services: UnsafePointer<lungtriage_host>?) { self.services = services }

    func warn(_ text: String) {
        guard let services = services?.pointee else { return }
        services.log?(services.context, UInt32(LUNGTRIAGE_LOG_WARNING), text)
    }
}
