import Logging
import ServiceLifecycle

/// Says what is to be said, in order, until it was heard: announcements wait in the database, and one that a dying process may
/// or may not have sent is sent again and marked so.
struct Announcer: Service {
    let store: JobStore
    let observer: any TriageObserver
    let bell: Doorbell
    /// The last announcement that an earlier process has made.
    let lastOfEarlierProcess: Int64
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = 0.1
            while !Task.isCancelled {
                do {
                    if try await announceAll() == 0 { await bell.wait() }
                    pause = 0.1
                } catch  where Task.isCancelled {
                } catch {
                    logger.warning("Results cannot be announced now, and will be later: \(error)")
                    try? await Task.sleep(for: .seconds(pause))
                    pause = min(pause * 2, 30)
                }
            }
        }
    }

    /// How many there were.
    private func announceAll() async throws -> Int {
        let waiting = try await store.announcements(repeatedUpTo: lastOfEarlierProcess)
        var sent: [Int64] = []
        var failure: (any Error)?
        for announcement in waiting {
            do {
                try await observer.announce(announcement)
                sent.append(announcement.id)
            } catch {
                failure = error
                break
            }
        }
        if !sent.isEmpty { try await store.markSent(sent) }
        if let failure { throw failure }
        return waiting.count
    }
}
