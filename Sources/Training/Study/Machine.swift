import Foundation

/// What a run was made on, for the record.
enum Machine {
    /// Such as `AMD EPYC 9454 48-Core Processor, 2 processors`; Linux's `/proc/cpuinfo` names it.
    static var description: String {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let name = text.split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("model name") }?
            .split(separator: ":", maxSplits: 1).last
            .map { $0.trimmingCharacters(in: .whitespaces) }
        return "\(name ?? "unknown processor"), \(processors) \(processors == 1 ? "processor" : "processors")"
    }
}
