import Foundation
import Logging
import Platform
import ServiceLifecycle
import StationConfiguration

/// Writes the metrics for monitoring from time to time, when the configuration says where.
struct MetricsFile: Service {
    let store: JobStore
    let metrics: Metrics
    let retention: Retention
    let troubles: TroubleBoard
    let folders: FolderLayout
    /// Rings when the configuration was read anew.
    let bell: Doorbell
    let logger: Logger
    let settings: @Sendable () -> TriageConfiguration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Said once, not every fifteen seconds.
            var isFailing = false
            while !Task.isCancelled {
                // Without a file there is nothing to wake up for.
                guard let path = settings().metricsFile else {
                    await bell.wait()
                    continue
                }
                do {
                    try Self.write(try await text(), to: path)
                    isFailing = false
                } catch  where Task.isCancelled {
                } catch {
                    if !isFailing { logger.warning("Metrics cannot be written: \(error)") }
                    isFailing = true
                }
                await bell.wait(seconds: settings().metricsSeconds)
            }
        }
    }

    func text() async throws -> String {
        var text = MetricsText()
        text.add(
            "lungtriage_build_info", .gauge, "The daemon's version.", [([("version", LungtriageVersion.current)], 1)])
        text.add(
            "lungtriage_written_timestamp_seconds", .gauge, "When this was written, in seconds since 1970.", store.now()
        )
        let backlog = try await store.backlog()
        text.add(
            "lungtriage_studies_waiting", .gauge, "Studies that wait for a worker.",
            backlog.map { ([("priority", $0.priority.name)], Double($0.count)) })
        text.add(
            "lungtriage_oldest_waiting_seconds", .gauge, "How long the oldest of them has been waiting.",
            backlog.map { ([("priority", $0.priority.name)], max(0, store.now() - $0.oldest)) })
        text.add(
            "lungtriage_intake_open", .gauge, "1 while studies are taken in, 0 below the free-space floor.",
            retention.hasRoom ? 1 : 0)
        text.add(
            "lungtriage_troubles", .gauge, "What keeps the daemon from its work at the moment, in places.",
            Double(troubles.sentences.count))
        let free = [("outbox", folders.outbox), ("archive", folders.archive), ("state", folders.state)]
        text.add(
            "lungtriage_free_bytes", .gauge, "Free space of the file system of a folder.",
            free.compactMap { name, path in
                FileFacts.freeBytes(in: path).map { ([("folder", name)], Double($0)) }
            })
        metrics.write(to: &text)
        return text.text
    }

    /// In one step, so that a collector never sees half of it; readable for all, whatever the process's mask.
    private static func write(_ text: String, to path: String) throws {
        let temporary = path + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw SystemCallError("\(temporary) cannot be made.", code: errno) }
        let (written, code) = Array(text.utf8).withUnsafeBytes { bytes in
            let count = retryingInterrupted { Foundation.write(descriptor, bytes.baseAddress, bytes.count) }
            return (count == bytes.count, errno)
        }
        let isReadable = fchmod(descriptor, 0o644) == 0
        close(descriptor)
        guard written, isReadable else {
            unlink(temporary)
            throw SystemCallError("\(temporary) cannot be written.", code: code)
        }
        guard rename(temporary, path) == 0 else { throw SystemCallError("\(path) cannot be replaced.", code: errno) }
    }
}
