import Foundation
import Platform
import WorkerLink

/// How a worker is started for a device.
public struct WorkerProgram: Hashable, Sendable {
    /// Absolute.
    public var path: String
    public var arguments: [String]

    public init(path: String, arguments: [String]) {
        self.path = path
        self.arguments = arguments
    }

    /// Seconds until a worker must have opened its plugins. The first one on a GPU has kernels compiled, and cuDNN's engines timed
    /// for every layer.
    private static let startLimit = 300.0

    /// Starts a worker and waits until it is ready. Throws `TriageError` with the code `worker`.
    func start(
        log: @Sendable (_ warning: Bool, String) -> Void
    ) async throws -> (WorkerConnection, WorkerDescription) {
        let connection: WorkerConnection
        do {
            connection = try WorkerConnection(
                program: path, arguments: arguments,
                environment: Self.environment)
        } catch {
            throw TriageError(.worker, "The worker cannot be started.", cause: "\(error)")
        }
        connection.startTicking(every: 1)
        defer { connection.stopTicking() }
        let start = ContinuousClock.now
        for await event in connection.events {
            switch event {
            case .message(.ready(let description)):
                guard description.protocolVersion == WorkerProtocol.version else {
                    _ = await connection.stop()
                    throw TriageError(
                        .worker, "The worker is of another version than the daemon: install both anew.",
                        cause: "protocol \(description.protocolVersion), expected \(WorkerProtocol.version)")
                }
                return (connection, description)
            case .message(.failed(_, let failure)):
                _ = await connection.stop()
                throw TriageError(.worker, failure.message, cause: failure.detail)
            case .message(.log(let warning, let text)): log(warning, text.fromWorker)
            case .message: continue
            case .tick:
                guard .now - start > .seconds(Self.startLimit) else { continue }
                _ = await connection.stop()
                throw TriageError(.worker, "The worker was not ready after \(Self.startLimit) s.")
            case .lost(let reason):
                let end = await connection.endOfItsOwn()
                throw TriageError(
                    .worker, "The worker ended before it was ready.", cause: end.map { "\($0)" } ?? reason)
            }
        }
        _ = await connection.stop()
        throw CancellationError()
    }

    static var environment: [String: String] { environment(of: ProcessInfo.processInfo.environment) }

    /// Of ours only what a worker needs: nothing that tells of buses, service managers or users.
    package static func environment(of daemon: [String: String]) -> [String: String] {
        var environment = daemon.filter { name, _ in
            ["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "LUNGTRIAGE_CUDA_PATH"].contains(name)
                || name.hasPrefix("OPENBLAS_") || name.hasPrefix("CUDA_") || name.hasPrefix("NVIDIA_")
        }
        // A backtrace shows what was in registers, which may be a patient's, and takes a process, which a worker may not start.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        return environment
    }
}
