import Bus
import Logging
import ServiceLifecycle
import Triage

/// Keeps the daemon on its bus. Without a bus studies are analysed all the same; their news waits.
struct BusRunner: Service {
    let bus: TriageBusService
    let daemon: TriageDaemon
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                try await bus.run { event in
                    switch event {
                    case .connected:
                        logger.info("The daemon is on the bus.")
                        daemon.announceAgain()
                    case .lost(let error): logger.warning("The bus is gone: \(error)")
                    case .waiting(let error, let delay):
                        logger.warning("The bus cannot be reached: \(error)", metadata: ["retry": "\(delay)"])
                    }
                }
            } catch let error where !Task.isCancelled {
                throw error
            } catch {}
        }
    }
}
