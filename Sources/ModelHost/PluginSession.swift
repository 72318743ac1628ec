import CModelPlugin

/// A plugin with its weights ready on a device; closed when it goes.
///
/// One call at a time: a session is no `Sendable` and stays with who opened it.
public final class PluginSession {
    public let plugin: Plugin
    public let device: ComputeDevice
    private let session: OpaquePointer
    /// The plugin may log until it is closed, so what it logs to lives as long.
    private let log: LogSink
    private let host: UnsafeMutablePointer<lungtriage_host>

    init(
        _ plugin: Plugin, device: ComputeDevice, log: @escaping @Sendable (PluginLogLevel, String) -> Void
    ) throws(PluginError) {
        let sink = LogSink(log)
        let host = UnsafeMutablePointer<lungtriage_host>.allocate(capacity: 1)
        host.initialize(to: sink.services)
        var opened: OpaquePointer?
        var failure = lungtriage_failure()
        failure.struct_size = UInt32(MemoryLayout<lungtriage_failure>.size)
        var abiDevice = device.abi
        let status = plugin.modelFolder.withCString { folder in
            withUnsafePointer(to: &abiDevice) { abiDevice in
                var request = lungtriage_open_request(
                    struct_size: UInt32(MemoryLayout<lungtriage_open_request>.size), reserved: 0, model_folder: folder,
                    device: abiDevice, host: UnsafePointer(host))
                return plugin.library.functions.open(&request, &opened, &failure)
            }
        }
        guard status == LUNGTRIAGE_OK, let opened else {
            host.deallocate()
            throw PluginError(status: status, failure, plugin: plugin.id, doing: "The plugin cannot be opened")
        }
        self.plugin = plugin
        self.device = device
        self.log = sink
        self.host = host
        session = opened
    }

    deinit {
        plugin.library.functions.close(session)
        host.deallocate()
    }

    /// What the last call of `segment` computed on, or what the next one will.
    public var work: ComputeWork {
        guard let describe = plugin.library.functions.describe else { return ComputeWork(device) }
        var work = lungtriage_work()
        work.struct_size = UInt32(MemoryLayout<lungtriage_work>.size)
        describe(session, &work)
        return ComputeWork(work, openedOn: device)
    }

    /// Labels slices of a volume.
    ///
    /// `progress` gets shares from 0 to 1; `isCancelled` is asked now and then; both may be called from other threads
    /// while this call runs. Throws `cancelled`, `badInput`, `badModel`, `outOfMemory`, `deviceFailed`, `failed` as the
    /// plugin says, and `badOutput` when it gives labels that it does not have, in slices that nobody asked for, or
    /// probabilities outside 0…1.
    public func segment(
        _ input: PluginInput, wantsProbabilities: Bool = false,
        progress: @escaping @Sendable (Double) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(PluginError) -> PluginOutput {
        try input.check(plugin: plugin.id)
        let voxels = input.columns * input.rows * input.sliceCount
        var output = PluginOutput(
            labels: [UInt8](repeating: 0, count: voxels),
            probabilities: wantsProbabilities ? [Float](repeating: 0, count: voxels) : nil)
        var failure = lungtriage_failure()
        failure.struct_size = UInt32(MemoryLayout<lungtriage_failure>.size)
        let callbacks = CallSink(progress: progress, isCancelled: isCancelled)
        let status = withExtendedLifetime(callbacks) {
            input.withRequest(output: &output, callbacks: callbacks) { request in
                plugin.library.functions.segment(session, &request, &failure)
            }
        }
        guard status == LUNGTRIAGE_OK else {
            throw PluginError(status: status, failure, plugin: plugin.id, doing: "The plugin did not label the volume")
        }
        try output.check(against: plugin.descriptor, input: input)
        return output
    }
}

/// Receives what a plugin logs.
private final class LogSink: Sendable {
    private let log: @Sendable (PluginLogLevel, String) -> Void

    init(_ log: @escaping @Sendable (PluginLogLevel, String) -> Void) { self.log = log }

    /// Valid for as long as this object lives.
    var services: lungtriage_host {
        lungtriage_host(
            struct_size: UInt32(MemoryLayout<lungtriage_host>.size), abi_major: UInt32(ABIVersion.host.major),
            abi_minor: UInt32(ABIVersion.host.minor), reserved: 0, context: Unmanaged.passUnretained(self).toOpaque(),
            log: { context, level, message in
                guard let context, let message else { return }
                let sink = Unmanaged<LogSink>.fromOpaque(context).takeUnretainedValue()
                sink.log(level == UInt32(LUNGTRIAGE_LOG_WARNING) ? .warning : .info, String(cString: message))
            })
    }
}

/// Receives a call's progress and says whether it is still wanted.
final class CallSink: Sendable {
    let progress: @Sendable (Double) -> Void
    let isCancelled: @Sendable () -> Bool

    init(progress: @escaping @Sendable (Double) -> Void, isCancelled: @escaping @Sendable () -> Bool) {
        self.progress = progress
        self.isCancelled = isCancelled
    }
}

extension PluginError {
    /// From what a function of the interface returned and wrote.
    fileprivate init(status: Int32, _ failure: lungtriage_failure, plugin: String, doing: String) {
        let code: Code =
            switch Int(status) {
            case LUNGTRIAGE_CANCELLED: .cancelled
            case LUNGTRIAGE_BAD_INPUT: .badInput
            case LUNGTRIAGE_BAD_MODEL: .badModel
            case LUNGTRIAGE_NO_MEMORY: .outOfMemory
            case LUNGTRIAGE_DEVICE_FAILED: .deviceFailed
            default: .failed
            }
        // The plugin may have left out the final zero byte.
        let text = withUnsafeBytes(of: failure.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if code == .cancelled {
            self.init(code, plugin: plugin, message: "The analysis was cancelled.")
        } else if text.isEmpty {
            self.init(code, plugin: plugin, message: "\(doing); it gives no reason.", cause: "status \(status)")
        } else {
            self.init(code, plugin: plugin, message: text)
        }
    }
}
