import Foundation
import Platform
import Synchronization
import WorkerLink

/// A study to analyse, and its file.
struct HandedStudy: Sendable {
    let request: AnalysisRequest
    /// Nil when the daemon has handed none over.
    let file: OpenFile?
}

/// The worker's end of the connection. A thread of its own reads it, so that a cancellation is heard while plugins work, and
/// the process ends at once when the daemon is gone, whatever plugins do.
final class DaemonLink: Sendable {
    private struct State {
        var requests: [HandedStudy] = []
        /// That came before their requests were whole.
        var files: [OpenFile] = []
        var admission: (job: Int64, granted: Bool)?
        var cancelled: Set<Int64> = []
    }

    private let descriptor: Int32
    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)
    private let admitted = DispatchSemaphore(value: 0)
    private let writing = Mutex(())

    init(descriptor: Int32) {
        self.descriptor = descriptor
        Thread.detachNewThread { self.readAll() }
    }

    /// Waits for the next study.
    func nextRequest() -> HandedStudy? {
        arrived.wait()
        return state.withLock { $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
    }

    /// Asks whether there is memory enough, and waits for the answer.
    func isAdmitted(job: Int64, bytes: UInt64) -> Bool {
        send(.needs(job: job, bytes: bytes))
        while true {
            admitted.wait()
            let answer = state.withLock { $0.admission }
            if let answer, answer.job == job { return answer.granted }
        }
    }

    func isCancelled(_ job: Int64) -> Bool { state.withLock { $0.cancelled.contains(job) } }

    /// A daemon that does not listen any more ends the worker.
    func send(_ message: WorkerMessage) {
        guard let bytes = try? Frame.encoded(message) else { return }
        writing.withLock { _ in
            guard PassingSocket.send(bytes, on: descriptor, waits: true) else { _exit(0) }
        }
    }

    private func readAll() {
        var reader = FrameReader<DaemonMessage>()
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let (count, file) = bytes.withUnsafeMutableBytes { PassingSocket.receive(into: $0, from: descriptor) }
            if let file { state.withLock { $0.files.append(file) } }
            // Not exit(): handlers and destructors would wait for threads that are in a plugin.
            guard count > 0, let messages = try? reader.take(bytes.prefix(count)) else { _exit(0) }
            for message in messages { take(message) }
        }
    }

    private func take(_ message: DaemonMessage) {
        switch message {
        case .analyze(let request):
            state.withLock { state in
                let file = state.files.isEmpty ? nil : state.files.removeFirst()
                state.requests.append(HandedStudy(request: request, file: file))
            }
            arrived.signal()
        case .admission(let job, let granted):
            state.withLock { $0.admission = (job, granted) }
            admitted.signal()
        case .cancel(let job): state.withLock { _ = $0.cancelled.insert(job) }
        }
    }
}
