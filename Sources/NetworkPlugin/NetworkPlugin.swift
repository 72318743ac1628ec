import CModelPlugin
import Synchronization

/// A plugin that runs one of the project's networks. Each plugin's library holds a copy of this code and of its state.
public enum NetworkPlugin {
    /// The description that the host gets; made at the first call, the same at every other, never freed.
    ///
    /// A library has one plugin, so the definition of the first call counts.
    public static func describe(_ definition: NetworkPluginDefinition) -> UnsafePointer<lungtriage_plugin> {
        state.withLock { state in
            if let made = state { return made.plugin }
            let made = Described(definition, plugin: table(definition))
            state = made
            return made.plugin
        }
    }

    /// Of the plugin that this library is; nil before `describe`.
    static var definition: NetworkPluginDefinition? { state.withLock { $0?.definition } }

    /// `@unchecked Sendable`: the pointer's memory is written before anyone else sees it, and never again.
    private struct Described: @unchecked Sendable {
        let definition: NetworkPluginDefinition
        let plugin: UnsafePointer<lungtriage_plugin>

        init(_ definition: NetworkPluginDefinition, plugin: UnsafePointer<lungtriage_plugin>) {
            self.definition = definition
            self.plugin = plugin
        }
    }

    private static let state = Mutex<Described?>(nil)

    private static func table(_ definition: NetworkPluginDefinition) -> UnsafePointer<lungtriage_plugin> {
        let labels = UnsafeMutablePointer<lungtriage_label>.allocate(capacity: definition.labels.count)
        for (index, label) in definition.labels.enumerated() {
            (labels + index).initialize(
                to: lungtriage_label(
                    struct_size: UInt32(MemoryLayout<lungtriage_label>.size), value: UInt32(label.value),
                    name: permanent(label.name), abbreviation: permanent(label.abbreviation), color: label.color,
                    reserved: 0))
        }
        let domain = UnsafeMutablePointer<lungtriage_domain>.allocate(capacity: 1)
        domain.initialize(
            to: lungtriage_domain(
                struct_size: UInt32(MemoryLayout<lungtriage_domain>.size), needs_hounsfield: 1,
                smallest_pixel_spacing: definition.pixelSpacing.lowerBound,
                largest_pixel_spacing: definition.pixelSpacing.upperBound,
                smallest_slice_spacing: definition.sliceSpacing.lowerBound,
                largest_slice_spacing: definition.sliceSpacing.upperBound))
        let plugin = UnsafeMutablePointer<lungtriage_plugin>.allocate(capacity: 1)
        plugin.initialize(
            to: lungtriage_plugin(
                struct_size: UInt32(MemoryLayout<lungtriage_plugin>.size), abi_major: UInt32(LUNGTRIAGE_ABI_MAJOR),
                abi_minor: UInt32(LUNGTRIAGE_ABI_MINOR), role: UInt32(definition.role.abi),
                identifier: permanent(definition.id), version: permanent(definition.version),
                name: permanent(definition.name), labels: labels, label_count: UInt64(definition.labels.count),
                domain: domain, device_score: deviceScore, memory_estimate: memoryEstimate, open: openSession,
                segment: segment, close: closeSession, describe: describeSession))
        return UnsafePointer(plugin)
    }

    /// A C string that is never freed.
    private static func permanent(_ text: String) -> UnsafePointer<CChar> {
        let bytes = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return UnsafePointer(copy)
    }
}

private let deviceScore: @convention(c) (UnsafePointer<lungtriage_device>?) -> UInt32 = { device in
    device.flatMap { NetworkDevice($0.pointee) }?.score ?? 0
}

private let memoryEstimate:
    @convention(c) (UnsafePointer<lungtriage_shape>?, UnsafePointer<lungtriage_device>?) -> UInt64 = { shape, device in
        device.flatMap { NetworkDevice($0.pointee) }?.memoryEstimate(
            columns: Int(shape?.pointee.columns ?? 512), rows: Int(shape?.pointee.rows ?? 512)) ?? 0
    }

private let openSession:
    @convention(c) (
        UnsafePointer<lungtriage_open_request>?, UnsafeMutablePointer<OpaquePointer?>?,
        UnsafeMutablePointer<lungtriage_failure>?
    ) -> Int32 = { request, session, failure in
        guard let request, let session else { return Int32(LUNGTRIAGE_BAD_INPUT) }
        do {
            let opened = try NetworkSession(request.pointee)
            session.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
            return Int32(LUNGTRIAGE_OK)
        } catch {
            return PluginFailure(error).report(to: failure)
        }
    }

private let segment:
    @convention(c) (
        OpaquePointer?, UnsafePointer<lungtriage_segment_request>?, UnsafeMutablePointer<lungtriage_failure>?
    ) -> Int32 = { session, request, failure in
        guard let session, let request else { return Int32(LUNGTRIAGE_BAD_INPUT) }
        let opened = Unmanaged<NetworkSession>.fromOpaque(UnsafeRawPointer(session)).takeUnretainedValue()
        do {
            try opened.segment(request.pointee)
            return Int32(LUNGTRIAGE_OK)
        } catch {
            return PluginFailure(error).report(to: failure)
        }
    }

private let closeSession: @convention(c) (OpaquePointer?) -> Void = { session in
    guard let session else { return }
    Unmanaged<NetworkSession>.fromOpaque(UnsafeRawPointer(session)).release()
}

private let describeSession: @convention(c) (OpaquePointer?, UnsafeMutablePointer<lungtriage_work>?) -> Void = {
    session, work in
    guard let session, let work else { return }
    let opened = Unmanaged<NetworkSession>.fromOpaque(UnsafeRawPointer(session)).takeUnretainedValue()
    opened.work.write(to: work)
}
