import Foundation
import Logging
import Platform
import ServiceLifecycle
import WorkerLink

/// Keeps `outbox/index.html` up to date: soon after a job came to its end, but not for each of many.
struct WorklistPage: Service {
    let store: JobStore
    let folders: FolderLayout
    let bell: Doorbell
    let program: WorkerProgram
    let logger: Logger

    /// Between two pages at least; a page of ten thousand studies takes a moment.
    private static let pause = Duration.seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await update() } catch {
                    logger.warning("The worklist page cannot be written now: \(error)")
                }
                try? await Task.sleep(for: Self.pause)
                await bell.wait()
            }
        }
    }

    private func update() async throws {
        let entries = try await store.worklistEntries()
        let source = WorklistSource(entries: entries, updated: WallClock.now)
        let content = try JSONEncoder().encode(source)
        let path = folders.state + "/worklist.json"
        try DurableFile.write(to: path) { file in try content.withUnsafeBytes { try file.append($0) } }
        let child = try ChildProcess(
            program: program.path, arguments: ["worklist", path, "--output", folders.outbox + "/index.html"],
            environment: [
                "PATH": "/usr/bin:/bin",
                "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
            ])
        let end = await withTaskCancellationHandler {
            await child.end()
        } onCancel: {
            child.kill()
        }
        guard end == .exited(0) else { throw SystemCallError("The worklist page was not written: \(end).") }
    }
}
