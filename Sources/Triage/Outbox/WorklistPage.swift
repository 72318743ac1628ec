import Foundation
import Logging
import Platform
import ServiceLifecycle
import StationConfiguration
import Synchronization
import WorkerLink

/// Keeps `outbox/index.html` up to date: soon after a job came to its end, but not for each of many; and now and then without
/// news, so that whoever looks at it can tell a quiet station from one that is down.
struct WorklistPage: Service {
    let store: JobStore
    let folders: FolderLayout
    let bell: Doorbell
    let program: WorkerProgram
    let troubles: TroubleBoard
    let logger: Logger

    /// Seconds between two pages at most; the page says so, and warns when it is not kept.
    private static let renewal = 300.0
    /// Between two pages at least.
    private static let pause = Duration.seconds(2)
    /// Of the time, a page of many thousand studies may take one part in so many.
    private static let share = 20
    private static let retrySeconds = 10.0

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                do {
                    try await update()
                    troubles.settle(.worklist)
                } catch  where Task.isCancelled {
                } catch {
                    troubles.note(.worklist, "\(error)")
                    logger.warning("The worklist page cannot be written now, and will be: \(error)")
                    await bell.wait(seconds: Self.retrySeconds)
                    continue
                }
                try? await Task.sleep(for: max(Self.pause, (.now - start) * Self.share))
                await bell.wait(seconds: Self.renewal)
            }
        }
    }

    private func update() async throws {
        let notes = folders.state + "/worklist.jsonl"
        let file = NoteFile(notes + ".tmp")
        try file.open()
        try await store.forEachWorklistEntry { analysed, failed in
            try file.append(WorklistHeadNote(analysed: analysed, failed: failed, renewal: Self.renewal))
        } _: {
            try file.append($0)
        }
        try file.close(renamingTo: notes)
        let child = try ChildProcess(
            program: program.path, arguments: ["worklist", notes, "--output", folders.outbox + "/index.html"],
            environment: WorkerProgram.environment)
        let end = await withTaskCancellationHandler {
            await child.end()
        } onCancel: {
            child.kill()
        }
        guard end.cause == .exited(0) else { throw SystemCallError("The worklist page was not written: \(end).") }
    }
}

/// Lines of JSON in a file; made anew for every page, so that losing it with the power loses nothing.
private final class NoteFile: Sendable {
    private let path: String
    private let stream = Mutex<Int32>(-1)

    init(_ path: String) { self.path = path }

    deinit { stream.withLock { if $0 >= 0 { _ = Foundation.close($0) } } }

    func open() throws {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemCallError("\(path) cannot be written.", code: errno) }
        stream.withLock { $0 = descriptor }
    }

    func append(_ note: some Encodable) throws {
        let line = try JSONEncoder().encode(note) + Data("\n".utf8)
        let written = stream.withLock { descriptor in
            line.withUnsafeBytes { bytes in
                retryingInterrupted { write(descriptor, bytes.baseAddress, bytes.count) }
            }
        }
        guard written == line.count else { throw SystemCallError("\(path) cannot be written.", code: errno) }
    }

    func close(renamingTo final: String) throws {
        stream.withLock { descriptor in
            _ = Foundation.close(descriptor)
            descriptor = -1
        }
        guard rename(path, final) == 0 else { throw SystemCallError("\(final) cannot be written.", code: errno) }
    }
}
