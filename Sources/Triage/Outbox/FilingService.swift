import Logging
import ServiceLifecycle

/// Files what has come to its end, at once where it can, later where it cannot.
struct FilingService: Service {
    let filing: Filing
    let bell: Doorbell
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = 1.0
            while !Task.isCancelled {
                do {
                    try await filing.fileAll()
                    pause = 1
                    await bell.wait()
                } catch {
                    logger.error("A file cannot be put where it belongs, and will be: \(error)")
                    try? await Task.sleep(for: .seconds(pause))
                    pause = min(pause * 2, 60)
                }
            }
        }
    }
}
