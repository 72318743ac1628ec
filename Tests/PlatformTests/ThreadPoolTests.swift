import Foundation
import Platform
import Synchronization
import TestDeadlines
import Testing

struct ThreadPoolTests {
    private typealias Body = @Sendable () -> Void

    @Test func oneThreadKeepsTheOrder() async throws {
        let seen = Mutex<[Int]>([])
        let pool = ThreadPool<Int>(named: "test-order", limit: 1) { job in seen.withLock { $0.append(job) } }
        for job in 0..<5000 { pool.enqueue(job) }
        try await eventually("all jobs") { seen.withLock { $0.count } == 5000 }
        #expect(seen.withLock { $0 } == Array(0..<5000))
    }

    /// Each job waits for all others of its pool: with fewer threads than jobs this would never end.
    @Test func thereAreAsManyThreadsAsJobsThatWaitUpToTheLimit() async throws {
        let limit = 3
        let running = Mutex(0)
        let most = Mutex(0)
        let gate = DispatchSemaphore(value: 0)
        let pool = ThreadPool<Body>(named: "test-limit", limit: limit) { $0() }
        for _ in 0..<10 {
            pool.enqueue {
                let now = running.withLock { count in
                    count += 1
                    return count
                }
                most.withLock { $0 = max($0, now) }
                gate.wait()
                running.withLock { $0 -= 1 }
            }
        }
        try await eventually("all threads are at work") { running.withLock { $0 } == limit }
        for _ in 0..<10 { gate.signal() }
        try await eventually("all jobs are done") { running.withLock { $0 } == 0 && most.withLock { $0 } == limit }
        withExtendedLifetime(pool) {}
    }

    @Test func jobsOfManyThreadsAreAllRunOnce() async throws {
        let done = Mutex<[Int: Int]>([:])
        let pool = ThreadPool<Int>(named: "test-many", limit: 4) { job in done.withLock { $0[job, default: 0] += 1 } }
        await withTaskGroup(of: Void.self) { group in
            for part in 0..<8 { group.addTask { for job in 0..<1000 { pool.enqueue(part * 1000 + job) } } }
        }
        try await eventually("all jobs") { done.withLock { $0.count } == 8000 }
        #expect(done.withLock { $0.values.allSatisfy { $0 == 1 } })
    }

    @Test func threadsEndWithTheirPoolAndFinishItsJobs() async throws {
        let done = Mutex(0)
        do {
            let pool = ThreadPool<Body>(named: "test-gone", limit: 2) { $0() }
            for _ in 0..<100 { pool.enqueue { done.withLock { $0 += 1 } } }
        }
        try await eventually("the jobs of a pool that is gone") { done.withLock { $0 } == 100 }
        try await eventually("its threads' end") { try !ThreadNames.all().contains("test-gone") }
    }

    /// A thread without signals: they go to threads that expect them.
    @Test func threadsHaveTheirNameAndTakeNoSignals() async throws {
        let blocked = Mutex<UInt64?>(nil)
        let name = Mutex("")
        try DetachedThread.start(named: "a-name-that-is-far-too-long") {
            let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") } ?? ""
            name.withLock { $0 = status.split(separator: "\n").first.map(String.init) ?? "" }
            blocked.withLock { $0 = UInt64(line.split(separator: "\t").last ?? "", radix: 16) ?? 0 }
        }
        try await eventually("the thread") { blocked.withLock { $0 != nil } }
        let mask = try #require(blocked.withLock { $0 })
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGCHLD] { #expect(mask & 1 << (UInt64(signal) - 1) != 0) }
        for fault in [SIGSEGV, SIGBUS, SIGABRT] { #expect(mask & 1 << (UInt64(fault) - 1) == 0) }
        #expect(name.withLock { $0 } == "Name:\ta-name-that-is-")
    }
}

enum ThreadNames {
    /// Of this process's threads.
    static func all() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap {
            try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
