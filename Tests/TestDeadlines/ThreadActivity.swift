import Foundation

/// How often the threads of a process have slept and were woken, by their names.
public struct ThreadActivity: Hashable, Sendable, CustomStringConvertible {
    public private(set) var switches: [String: Int] = [:]

    public init(of process: Int32) throws {
        let folder = "/proc/\(process)/task"
        for thread in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let status = try String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8)
            let name = try String(contentsOfFile: "\(folder)/\(thread)/comm", encoding: .utf8)
            switches[name.trimmingCharacters(in: .whitespacesAndNewlines), default: 0] +=
                Self.number("voluntary_ctxt_switches:", status) + Self.number("nonvoluntary_ctxt_switches:", status)
        }
    }

    private static func number(_ key: String, _ text: String) -> Int {
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line.flatMap { Int($0.dropFirst(key.count).trimmingCharacters(in: .whitespaces)) } ?? 0
    }

    public var description: String {
        switches.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    /// Returns when nothing happened in a process for two seconds; a process that looks after something every second has no
    /// such time. Throws `Timeout` when there was none in six.
    public static func waitForQuiet(of process: Int32) async throws {
        var before = try ThreadActivity(of: process)
        for _ in 0..<6 {
            // Time must pass: nothing may happen in it.
            try await Task.sleep(for: .seconds(2))
            let after = try ThreadActivity(of: process)
            if after == before { return }
            before = after
        }
        throw Timeout(what: "two seconds without activity (\(before))", seconds: 12)
    }
}
