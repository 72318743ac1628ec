import ServiceLifecycle
import UnixSignals

/// Reads the configuration anew on SIGHUP.
struct ReloadService: Service {
    let bridge: BusBridge

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                // What is wrong is in the log, and the old configuration stays.
                _ = try? await bridge.reload()
            }
        }
    }
}
