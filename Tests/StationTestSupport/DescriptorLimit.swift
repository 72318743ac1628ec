import Foundation
import TestDeadlines

/// How many file descriptors a running process of the same user may have, set with util-linux's `prlimit`.
package struct DescriptorLimit {
    package struct Failure: Error { package let status: Int32 }

    private let process: pid_t

    package init(of process: pid_t) { self.process = process }

    /// None beyond those that it has; what it closes it may open again.
    package func forbidMore() throws {
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").compactMap { Int($0) }
        // The limit is on numbers: all below the first that is free are in use.
        try set(soft: (0...).first { !open.contains($0) } ?? 0)
    }

    package func allow(_ count: Int = 1024) throws { try set(soft: count) }

    private func set(soft: Int) throws {
        let tool = Process()
        tool.executableURL = URL(filePath: "/usr/bin/prlimit")
        tool.arguments = ["--pid", "\(process)", "--nofile=\(soft):"]
        try tool.run()
        let status = tool.waitForEnd()
        guard status == 0 else { throw Failure(status: status) }
    }
}
