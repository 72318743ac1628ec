import Foundation
import Platform
import Synchronization
import TestDeadlines
import Testing

struct EventLoopTests {
    /// A pipe whose descriptors do not block.
    private struct Pipe: Sendable {
        let reading: Int32
        let writing: Int32

        init() {
            var ends: [Int32] = [-1, -1]
            _ = pipe(&ends)
            (reading, writing) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        }

        func put(_ byte: UInt8) { _ = withUnsafePointer(to: byte) { write(writing, $0, 1) } }

        /// A byte if there is one; nil at the end and where there is none.
        func take() -> UInt8? {
            var byte: UInt8 = 0
            return read(reading, &byte, 1) == 1 ? byte : nil
        }
    }

    @Test func whatIsReadInPartIsToldAgain() async throws {
        let pipe = Pipe()
        let seen = Mutex<[UInt8]>([])
        let source = try ReadinessSource(pipe.reading) {
            if let byte = pipe.take() { seen.withLock { $0.append(byte) } }
        } cancelled: {
            close(pipe.reading)
        }
        for byte in UInt8(0)..<200 { pipe.put(byte) }
        try await eventually("all bytes") { seen.withLock { $0.count } == 200 }
        #expect(seen.withLock { $0 } == Array(0..<200))
        source.cancel()
        close(pipe.writing)
    }

    @Test func onceIsOnce() async throws {
        let once = Pipe()
        let other = Pipe()
        let calls = Mutex(0)
        let turns = Mutex(0)
        let first = try ReadinessSource(once.reading, once: true) {
            calls.withLock { $0 += 1 }
        } cancelled: {
        }
        let second = try ReadinessSource(other.reading) {
            _ = other.take()
            turns.withLock { $0 += 1 }
        } cancelled: {
        }
        once.put(1)
        try await eventually("the call") { calls.withLock { $0 } > 0 }
        // The loop has gone round meanwhile, and would have told again.
        for turn in 1...20 {
            other.put(0)
            try await eventually("a turn of the loop") { turns.withLock { $0 } == turn }
        }
        #expect(calls.withLock { $0 } == 1)
        for source in [first, second] { source.cancel() }
    }

    /// Cancelled from several threads while it is ready all the time: `cancelled` comes once, and nothing comes after it.
    @Test func afterTheEndNothingComes() async throws {
        for _ in 0..<50 {
            let pipe = Pipe()
            let isOver = Atomic(false)
            let late = Atomic(0)
            let ends = Atomic(0)
            let source = try ReadinessSource(pipe.reading) {
                if isOver.load(ordering: .sequentiallyConsistent) { late.add(1, ordering: .relaxed) }
            } cancelled: {
                isOver.store(true, ordering: .sequentiallyConsistent)
                ends.add(1, ordering: .relaxed)
            }
            // Never read: ready again and again.
            pipe.put(1)
            await withTaskGroup(of: Void.self) { group in for _ in 0..<4 { group.addTask { source.cancel() } } }
            try await eventually("the end", every: .milliseconds(1)) { ends.load(ordering: .relaxed) > 0 }
            source.cancel()
            #expect(ends.load(ordering: .relaxed) == 1 && late.load(ordering: .relaxed) == 0)
            close(pipe.reading)
            close(pipe.writing)
        }
    }

    @Test func aDescriptorThatCannotBeWatchedIsATypedError() {
        #expect(throws: SystemCallError("A descriptor cannot be watched.", code: EBADF)) {
            _ = try ReadinessSource(-1) {
            } cancelled: {
            }
        }
    }

    @Test func timersComeInTime() async throws {
        let loop = try EventLoop.shared()
        let order = Mutex<[Int]>([])
        let start = ContinuousClock.now
        let times = Mutex<[Duration]>([])
        for milliseconds in [90, 30, 60, 0] {
            loop.call(after: Int64(milliseconds) * 1_000_000, tolerance: 0) {
                times.withLock { $0.append(.now - start) }
                order.withLock { $0.append(milliseconds) }
            }
        }
        try await eventually("four timers") { order.withLock { $0.count } == 4 }
        #expect(order.withLock { $0 } == [0, 30, 60, 90])
        // Never too early; how late depends on the machine.
        for (time, least) in zip(times.withLock { $0 }, [0, 30, 60, 90]) { #expect(time >= .milliseconds(least)) }
    }

    @Test func aRepeatingTimerEndsWithItsObject() async throws {
        let calls = Mutex(0)
        var timer: RepeatingTimer? = try RepeatingTimer(every: .milliseconds(5), tolerance: .zero) {
            calls.withLock { $0 += 1 }
        }
        try await eventually("ten calls") { calls.withLock { $0 } >= 10 }
        withExtendedLifetime(timer) {}
        timer = nil
        let loop = try EventLoop.shared()
        let after = calls.withLock { $0 }
        let isLater = Atomic(false)
        loop.call(after: 100_000_000, tolerance: 0) { isLater.store(true, ordering: .relaxed) }
        try await eventually("a later moment") { isLater.load(ordering: .relaxed) }
        // One may have been under way.
        #expect(calls.withLock { $0 } <= after + 1)
    }
}
