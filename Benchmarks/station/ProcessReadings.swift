import Foundation

/// What the kernel says of a process. Sizes in MB of 10⁶ bytes, times in seconds.
struct ProcessReadings {
    let resident: Double
    /// Memory of its own, not shared libraries' code.
    let anonymous: Double
    /// The greatest `resident` so far.
    let peak: Double
    /// User and system.
    let processorSeconds: Double
    /// How often each of its threads slept and was woken.
    private let wakeUps: [String: Int]

    init(of process: Int32) {
        let status = Self.text("/proc/\(process)/status")
        func kilobytes(_ key: String) -> Double { Double(Self.number(key, in: status)) * 1024 / 1e6 }
        resident = kilobytes("VmRSS")
        anonymous = kilobytes("RssAnon")
        peak = kilobytes("VmHWM")
        // After the name in brackets, which may hold spaces; user time is the 14th field of all, system time the 15th.
        let fields = Self.text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = fields.count > 12 ? (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0) : 0
        processorSeconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        let counts = threads.map {
            ($0, Self.number("voluntary_ctxt_switches", in: Self.text("/proc/\(process)/task/\($0)/status")))
        }
        wakeUps = Dictionary(uniqueKeysWithValues: counts)
    }

    /// Those of threads that have ended in the meantime are not known.
    func wakeUps(since earlier: ProcessReadings) -> Int {
        wakeUps.reduce(0) { $0 + $1.value - (earlier.wakeUps[$1.key] ?? 0) }
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private static func number(_ key: String, in text: String) -> Int {
        let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") } ?? ""
        return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    }
}
