/// The keys of the configuration file: how each is read, checked and written down.
struct ConfigurationKey: Sendable {
    let section: String
    let name: String
    /// Whether a running daemon can take a new value over.
    let isLive: Bool
    /// Sets the value, or says what is wrong with it.
    let read: @Sendable (String, inout TriageConfiguration) -> String?
    let write: @Sendable (TriageConfiguration) -> String

    /// `LUNGTRIAGE_INTAKE_SETTLESECONDS` for `SettleSeconds` in `[Intake]`.
    var variable: String { "LUNGTRIAGE_\(section.uppercased())_\(name.uppercased())" }

    static let all: [ConfigurationKey] = folders + intake + jobs + workers + scores + retention + monitoring

    private static let folders: [ConfigurationKey] = [
        folder("Inbox", \.folders.inbox), folder("Outbox", \.folders.outbox), folder("Archive", \.folders.archive),
        folder("Failed", \.folders.failed), folder("State", \.folders.state),
    ]

    private static let intake: [ConfigurationKey] = [
        number("Intake", "SettleSeconds", \.settleSeconds, 0.1...3600),
        number("Intake", "RescanSeconds", \.rescanSeconds, 1...86400),
        choice("Intake", "TakenFiles", \.takenFiles),
    ]

    private static let jobs: [ConfigurationKey] = [
        whole("Jobs", "MaximumAttempts", \.maximumAttempts, 1...100),
        number("Jobs", "RetrySeconds", \.retrySeconds, 0...3600),
        number("Jobs", "DeadlineSeconds", \.deadlineSeconds, 1...86400),
    ]

    private static let workers: [ConfigurationKey] = [
        whole("Workers", "Threads", \.threads, 0...1024, isLive: false),
        ConfigurationKey(
            section: "Workers", name: "Device", isLive: false,
            read: { text, configuration in
                let devices = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
                let areGPUs = devices.allSatisfy { $0.wholeMatch(of: #/cuda:(0|[1-9][0-9]{0,3})/#) != nil }
                guard devices == ["auto"] || devices == ["cpu"] || areGPUs, Set(devices).count == devices.count else {
                    return "must be auto, cpu, or GPUs by their numbers, each once, as in cuda:0,cuda:1"
                }
                configuration.devices = devices
                return nil
            }, write: { $0.devices.joined(separator: ",") }),
        choice("Workers", "GPUPrecision", \.gpuPrecision, isLive: false),
        bytes("Workers", "Memory", \.workerMemory),
        number("Workers", "HeartbeatSeconds", \.heartbeatSeconds, 5...3600),
        ConfigurationKey(
            section: "Workers", name: "Plugins", isLive: false,
            read: { text, configuration in
                configuration.plugins = text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
                return nil
            }, write: { $0.plugins.joined(separator: ",") }),
        ConfigurationKey(
            section: "Workers", name: "PluginFolder", isLive: false,
            read: { text, configuration in
                guard text.isEmpty || text.hasPrefix("/") else { return "must be an absolute path" }
                configuration.pluginFolder = text.isEmpty ? nil : text
                return nil
            }, write: { $0.pluginFolder ?? "" }),
        flag("Workers", "RequireConfinement", \.requiresConfinement, isLive: false),
    ]

    private static let scores: [ConfigurationKey] = [
        ConfigurationKey(
            section: "Scores", name: "CutOffs", isLive: false,
            read: { text, configuration in
                if text.isEmpty {
                    configuration.cutOffs = nil
                    return nil
                }
                let values = text.split(separator: ",").compactMap { Double($0.trimmed) }
                let isRising = zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
                guard values.count == 4, isRising, values.allSatisfy({ $0 >= 0 && $0 <= 100 }) else {
                    return "must be four rising percentages, such as 0.1, 25, 50, 75"
                }
                configuration.cutOffs = values
                return nil
            }, write: { $0.cutOffs.map { $0.map { "\($0)" }.joined(separator: ",") } ?? "" })
    ]

    private static let retention: [ConfigurationKey] = [
        number("Retention", "KeepResultsDays", \.keepResultsDays, 0...36500),
        number("Retention", "KeepArchiveDays", \.keepArchiveDays, 0...36500),
        number("Retention", "KeepFailuresDays", \.keepFailuresDays, 0...36500),
        bytes("Retention", "FreeSpaceFloor", \.freeSpaceFloor),
    ]

    private static let monitoring: [ConfigurationKey] = [
        ConfigurationKey(
            section: "Monitoring", name: "MetricsFile", isLive: true,
            read: { text, configuration in
                guard text.isEmpty || text.hasPrefix("/") && text.hasSuffix(".prom") else {
                    return "must be an absolute path that ends in .prom"
                }
                configuration.metricsFile = text.isEmpty ? nil : text
                return nil
            }, write: { $0.metricsFile ?? "" }),
        number("Monitoring", "MetricsSeconds", \.metricsSeconds, 1...3600),
    ]

    // MARK: - Kinds of values

    private typealias Path<Value> = WritableKeyPath<TriageConfiguration, Value> & Sendable

    private static func folder(_ name: String, _ path: Path<String>) -> ConfigurationKey {
        ConfigurationKey(
            section: "Folders", name: name, isLive: false,
            read: { text, configuration in
                guard text.hasPrefix("/"), !text.utf8.contains(0) else { return "must be an absolute path" }
                var text = text
                while text.count > 1, text.hasSuffix("/") { text.removeLast() }
                configuration[keyPath: path] = text
                return nil
            }, write: { $0[keyPath: path] })
    }

    private static func number(
        _ section: String, _ name: String, _ path: Path<Double>, _ range: ClosedRange<Double>
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, isLive: true,
            read: { text, configuration in
                guard let value = Double(text), range.contains(value) else {
                    return "must be a number from \(range.lowerBound) to \(range.upperBound)"
                }
                configuration[keyPath: path] = value
                return nil
            }, write: { "\($0[keyPath: path])" })
    }

    private static func whole(
        _ section: String, _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, isLive: Bool = true
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, isLive: isLive,
            read: { text, configuration in
                guard let value = Int(text), range.contains(value) else {
                    return "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
                }
                configuration[keyPath: path] = value
                return nil
            }, write: { "\($0[keyPath: path])" })
    }

    private static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ section: String, _ name: String, _ path: Path<Choice>, isLive: Bool = true
    ) -> ConfigurationKey where Choice.RawValue == String {
        ConfigurationKey(
            section: section, name: name, isLive: isLive,
            read: { text, configuration in
                guard let value = Choice(rawValue: text) else {
                    return "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))"
                }
                configuration[keyPath: path] = value
                return nil
            }, write: { $0[keyPath: path].rawValue })
    }

    private static func flag(
        _ section: String, _ name: String, _ path: Path<Bool>, isLive: Bool = true
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, isLive: isLive,
            read: { text, configuration in
                guard text == "yes" || text == "no" else { return "must be yes or no" }
                configuration[keyPath: path] = text == "yes"
                return nil
            }, write: { $0[keyPath: path] ? "yes" : "no" })
    }

    /// With the suffixes K, M and G for powers of 1024.
    private static func bytes(_ section: String, _ name: String, _ path: Path<UInt64>) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, isLive: true,
            read: { text, configuration in
                let shifts: [Character: UInt64] = ["K": 10, "M": 20, "G": 30]
                let shift = text.last.flatMap { shifts[$0] }
                guard let value = UInt64(shift == nil ? text[...] : text.dropLast()),
                    value <= UInt64.max >> 31
                else { return "must be a number of bytes, such as 8G or 500M" }
                configuration[keyPath: path] = value << (shift ?? 0)
                return nil
            }, write: { "\($0[keyPath: path])" })
    }
}
