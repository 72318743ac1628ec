import Foundation
import Platform
import Synchronization
import WorkerLink

/// A worker process and the messages that go to and fro.
final class WorkerConnection: Sendable {
    /// What comes from the worker, ended by `lost` when it is gone or talks nonsense.
    enum Event: Sendable {
        case message(WorkerMessage)
        /// Time to look at clocks and memory; only between `startTicking` and `stopTicking`.
        case tick
        case lost(String)
    }

    let events: AsyncStream<Event>
    private let child: ChildProcess
    private let source: ReadinessSource
    private let continuation: AsyncStream<Event>.Continuation
    private let timer = Mutex<RepeatingTimer?>(nil)

    /// Throws `SystemCallError` when the program cannot be started.
    init(program: String, arguments: [String], environment: [String: String]) throws(SystemCallError) {
        let child = try ChildProcess(program: program, arguments: arguments, environment: environment)
        // The last message is the one that counts: of a worker that talks too much, progress is lost.
        let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(4096))
        let input = WorkerInput(child.descriptor) { continuation.yield($0) }
        (self.child, self.events, self.continuation) = (child, events, continuation)
        let source = try ReadinessSource(child.descriptor) {
            input.read()
        } cancelled: {
            continuation.finish()
        }
        // A connection that was closed can be read for ever: it must not be asked again.
        input.atEnd { source.cancel() }
        self.source = source
    }

    deinit { source.cancel() }

    var isRunning: Bool { child.isRunning }
    var residentBytes: UInt64 { child.residentBytes }
    var process: Int32 { child.process }

    func startTicking(every seconds: Double) {
        // Throws where events cannot be watched, and this connection's are.
        let ticks = try? RepeatingTimer(every: .seconds(seconds), tolerance: .milliseconds(50)) { [continuation] in
            continuation.yield(.tick)
        }
        timer.withLock { $0 = ticks }
    }

    func stopTicking() { timer.withLock { $0 = nil } }

    /// False when the worker does not take it: it is as good as gone.
    func send(_ message: DaemonMessage, with file: OpenFile? = nil) -> Bool {
        guard let bytes = try? Frame.encoded(message) else { return false }
        return PassingSocket.send(bytes, with: file, on: child.descriptor, waits: false)
    }

    /// Ends the process and waits for its end.
    @discardableResult func stop() async -> ChildProcess.End {
        child.kill()
        let end = await child.end()
        source.cancel()
        return end
    }

    /// How it ended by itself, after it closed the connection; nil when it did not, and was ended.
    func endOfItsOwn() async -> ChildProcess.End? {
        let watchdog = Task { [child] in
            try await Task.sleep(for: .seconds(2))
            let isStillThere = child.isRunning
            child.kill()
            return isStillThere
        }
        let end = await child.end()
        watchdog.cancel()
        let wasEnded = (try? await watchdog.value) ?? false
        return wasEnded ? nil : end
    }
}

/// Reads frames from a descriptor that does not block.
private final class WorkerInput: Sendable {
    private struct State {
        /// Nil once nothing more can be read.
        var reader: FrameReader<WorkerMessage>? = FrameReader()
        var atEnd: (@Sendable () -> Void)?
    }

    private let descriptor: Int32
    private let deliver: @Sendable (WorkerConnection.Event) -> Void
    private let state = Mutex(State())

    init(_ descriptor: Int32, _ deliver: @escaping @Sendable (WorkerConnection.Event) -> Void) {
        self.descriptor = descriptor
        self.deliver = deliver
    }

    /// Calls a function once nothing more can be read.
    func atEnd(_ body: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            state.atEnd = body
            return state.reader == nil
        }
        if isOver { body() }
    }

    func read() {
        let atEnd = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.reader != nil else { return nil }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = bytes.withUnsafeMutableBytes { buffer in
                retryingInterrupted { Foundation.read(descriptor, buffer.baseAddress, buffer.count) }
            }
            if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { return nil }
            do {
                if count > 0 {
                    for message in try state.reader?.take(bytes.prefix(count)) ?? [] { deliver(.message(message)) }
                    return nil
                }
                deliver(.lost("it closed the connection"))
            } catch {
                deliver(.lost("it does not speak the protocol: \(error)"))
            }
            state.reader = nil
            return state.atEnd
        }
        atEnd?()
    }
}
