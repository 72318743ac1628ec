import Foundation
import Platform

/// A service that does much at once, and then says what became of it and which threads it has: one line each.
@main enum ServiceProgramCheck {
    static func main() {
        do throws(SystemCallError) {
            try ServiceProgram.run { await check() }
        } catch {
            say("error \(error)")
            exit(71)
        }
    }

    @MainActor private static func check() async {
        say("main \(isMainThread)")
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 { group.addTask { await work(counter, number) } }
        }
        say("main \(isMainThread)")
        say("sum \(await counter.sum) turns \(turns)")
        say("sleeps \(await sleeps())")
        say("cancelled \(await cancellation())")
        say("inherited \(await Task.detached { await Task { ThreadName.own }.value }.value)")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))?.compactMap(ThreadName.of)
        say("threads " + Set(names ?? []).sorted().joined(separator: ","))
        // Its reader looks at how it sleeps, and closes its input.
        _ = await Task.detached { FileHandle.standardInput.readDataToEndOfFile() }.value
    }

    @MainActor private static var turns = 0
    private static var isMainThread: Bool { getpid() == Int32(ThreadName.number) }

    private static func work(_ counter: Counter, _ number: Int) async {
        for step in 0..<50 {
            await counter.add(1)
            if step % 10 == 0 { await MainActor.run { turns += 1 } }
            if step % 25 == number % 25 { try? await Task.sleep(for: .milliseconds(number % 3)) }
            await Task.yield()
        }
    }

    /// In the order in which they end.
    private static func sleeps() async -> String {
        await withTaskGroup(of: Int.self) { group in
            for milliseconds in [60, 20, 40] {
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(milliseconds))
                    return milliseconds
                }
            }
            var ends: [String] = []
            for await milliseconds in group { ends.append("\(milliseconds)") }
            return ends.joined(separator: ",")
        }
    }

    /// An hour's sleep that is cancelled ends at once.
    private static func cancellation() async -> Bool {
        let task = Task {
            do {
                try await Task.sleep(for: .seconds(3600))
                return false
            } catch {
                return true
            }
        }
        task.cancel()
        return await task.value
    }

    private static func say(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }
}

private actor Counter {
    private(set) var sum = 0

    func add(_ number: Int) { sum += number }
}

private enum ThreadName {
    static var number: String {
        let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
        return link.split(separator: "/").last.map(String.init) ?? ""
    }

    static var own: String { of(number) ?? "" }

    static func of(_ number: String) -> String? {
        try? String(contentsOfFile: "/proc/self/task/\(number)/comm", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
