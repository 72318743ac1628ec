import Logging
import ServiceLifecycle

/// Files what has come to its end, at once where it can, later where it cannot.
struct FilingService: Service {
    let filing: Filing
    let bell: Doorbell
    let troubles: TroubleBoard
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = 1.0
            while !Task.isCancelled {
                do {
                    try await filing.fileAll()
                    pause = 1
                    troubles.settle(.filing)
                    await bell.wait()
                } catch  where Task.isCancelled {
                } catch {
                    troubles.note(.filing, "\(error)")
                    logger.error("A file cannot be put where it belongs, and will be: \(error)")
                    try? await Task.sleep(for: .seconds(pause))
                    pause = min(pause * 2, 30)
                }
            }
        }
    }
}
