import Foundation
import Platform
import ServiceLifecycle

/// Reads the configuration anew on SIGHUP; its end on SIGTERM or SIGINT ends the daemon.
struct SignalService: Service {
    private let bridge: BusBridge
    private let source: SignalSource

    /// Throws `SystemCallError`.
    init(bridge: BusBridge) throws {
        self.bridge = bridge
        source = try SignalSource(SIGTERM, SIGINT, SIGHUP)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await signal in source.signals {
                guard signal == SIGHUP else { return }
                // What is wrong is in the log, and the old configuration stays.
                _ = try? await bridge.reload()
            }
        }
    }
}
