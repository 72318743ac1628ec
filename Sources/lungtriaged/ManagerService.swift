import Platform
import ServiceLifecycle
import Triage

/// Tells the service manager that the daemon is there and alive.
struct ManagerService: Service {
    let manager: ServiceManager
    let daemon: TriageDaemon

    func run() async throws {
        manager.ready(status: "Waiting for studies.")
        await cancelWhenGracefulShutdown {
            // By then the first worker has been started as well.
            try? await Task.sleep(for: .seconds(3))
            ProcessMemory.releaseStartCode()
            guard let seconds = manager.watchdogSeconds else {
                // Until the end.
                let (never, _) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                return
            }
            while !Task.isCancelled {
                // A database that does not answer is a daemon that is not alive.
                if (try? await daemon.status()) != nil { manager.watchdog() }
                try? await Task.sleep(for: .seconds(seconds / 2))
            }
        }
        manager.stopping()
    }
}
