// How the values of the service are written on the bus and read from it.

enum TriageWire {
    /// For `po` and `pho` that do not apply: no share of a lung, so that nobody takes it for a healthy one.
    static let noScore = -1.0
    static let noZoneScore = UInt32.max

    /// A row of `ListJobs`: job, study, state, priority, arrived, finished, po, pho, details.
    static let jobRow = BusType.structure([
        .objectPath, .string, .string, .string, .uint64, .uint64, .double, .double, .details,
    ])
    /// id, version, role, details
    static let pluginRow = BusType.structure([.string, .string, .string, .details])
    /// id, kind, name, details
    static let deviceRow = BusType.structure([.string, .string, .string, .details])
}

// MARK: - Jobs

extension TriageJob {
    package var path: BusObjectPath { TriageNames.path(ofJob: id) }

    /// The properties of the job's object.
    var properties: [String: BusValue] {
        [
            "Operation": .string("lungtriage-analyze"), "Progress": .double(progress ?? 0),
            "ProgressValid": .boolean(progress != nil), "StartTime": .uint64(started ?? 0),
            "ExpectedEndTime": .uint64(expectedEnd ?? 0), "Cancelable": .boolean(isCancelable),
            "State": .string(state.rawValue), "Priority": .string(priority.rawValue),
            "Study": .string(study.withoutPaths), "ArrivalTime": .uint64(arrived), "FinishTime": .uint64(finished ?? 0),
            "Result": .details(resultDetails),
        ]
    }

    /// What is known of the outcome: scores, or the reason of the failure.
    var resultDetails: [String: BusValue] {
        var details: [String: BusValue] = result?.publicDetails ?? [:]
        if let result {
            details["level"] = .string(result.level.withoutPaths)
            details["po"] = result.po.flatMap(\.score)
            details["pho"] = result.pho.flatMap(\.score)
            details["zone_score"] = result.zoneScore.map { .uint32($0) }
        }
        if let failure {
            details["code"] = .string(failure.code.withoutPaths)
            details["message"] = .string(failure.message.withoutPaths)
        }
        return details
    }

    var row: BusValue {
        var details = resultDetails
        if let started { details["started"] = .uint64(started) }
        if let expectedEnd { details["expected_end"] = .uint64(expectedEnd) }
        if let progress { details["progress"] = .double(progress) }
        details["cancelable"] = .boolean(isCancelable)
        return .structure([
            .objectPath(path), .string(study.withoutPaths), .string(state.rawValue), .string(priority.rawValue),
            .uint64(arrived), .uint64(finished ?? 0), .double(result?.po?.finite ?? TriageWire.noScore),
            .double(result?.pho?.finite ?? TriageWire.noScore), .details(details),
        ])
    }

    /// A row of `ListJobs`; nil for one that is not of its types.
    init?(row: BusValue) {
        guard let fields = row.fields, fields.count == 9, let path = fields[0].pathValue,
            let id = TriageNames.id(ofJobAt: path), let study = fields[1].stringValue,
            let state = fields[2].stringValue.flatMap(TriageJobState.init(rawValue:)),
            let priority = fields[3].stringValue.flatMap(TriagePriority.init(rawValue:)),
            let arrived = fields[4].unsignedValue, let finished = fields[5].unsignedValue,
            let details = fields[8].detailValues
        else { return nil }
        self.init(
            id: id, study: study, state: state, priority: priority, arrived: arrived,
            started: details["started"]?.unsignedValue, finished: finished == 0 ? nil : finished,
            expectedEnd: details["expected_end"]?.unsignedValue, progress: details["progress"]?.doubleValue,
            isCancelable: details["cancelable"]?.booleanValue ?? false, result: TriageResult(details: details),
            failure: TriageFailure(details: details))
    }

    /// The properties of a job's object; nil when they are not all there.
    init?(id: String, properties: [String: BusValue]) {
        guard let study = properties["Study"]?.stringValue,
            let state = properties["State"]?.stringValue.flatMap(TriageJobState.init(rawValue:)),
            let priority = properties["Priority"]?.stringValue.flatMap(TriagePriority.init(rawValue:)),
            let arrived = properties["ArrivalTime"]?.unsignedValue, let details = properties["Result"]?.detailValues
        else { return nil }
        func time(_ name: String) -> UInt64? { properties[name]?.unsignedValue.flatMap { $0 == 0 ? nil : $0 } }
        self.init(
            id: id, study: study, state: state, priority: priority, arrived: arrived, started: time("StartTime"),
            finished: time("FinishTime"), expectedEnd: time("ExpectedEndTime"),
            progress: properties["ProgressValid"]?.booleanValue == true ? properties["Progress"]?.doubleValue : nil,
            isCancelable: properties["Cancelable"]?.booleanValue ?? false, result: TriageResult(details: details),
            failure: TriageFailure(details: details))
    }
}

// MARK: - Outcomes

extension TriageResult {
    private static let ownKeys: Set<String> = [
        "level", "po", "pho", "zone_score", "missing", "code", "message", "started", "expected_end", "progress",
        "cancelable", "announcement", "resent",
    ]

    /// The details as anybody may read them.
    var publicDetails: [String: BusValue] {
        var details = self.details.mapValues(\.withoutPaths)
        if !missing.isEmpty {
            let entries = missing.sorted { $0.key < $1.key }
                .map { BusEntry(.string($0.key), .string($0.value.withoutPaths)) }
            details["missing"] = .dictionary(key: .string, value: .string, entries)
        }
        return details
    }

    /// From the outcome of a job; nil: it has no scores.
    init?(details: [String: BusValue]) {
        guard let level = details["level"]?.stringValue else { return nil }
        self.init(
            level: level, po: details["po"]?.doubleValue, pho: details["pho"]?.doubleValue,
            zoneScore: details["zone_score"]?.unsignedValue.map { UInt32(truncatingIfNeeded: $0) }, details: details)
    }

    /// From the arguments of `StudyCompleted`.
    init(level: String, po: Double, pho: Double, zoneScore: UInt32, details: [String: BusValue]) {
        self.init(
            level: level, po: po < 0 ? nil : po, pho: pho < 0 ? nil : pho,
            zoneScore: zoneScore == TriageWire.noZoneScore ? nil : zoneScore,
            missing: Self.missing(details), details: details.filter { !Self.ownKeys.contains($0.key) })
    }

    private init(
        level: String, po: Double?, pho: Double?, zoneScore: UInt32?, details: [String: BusValue]
    ) {
        self.init(
            level: level, po: po, pho: pho, zoneScore: zoneScore, missing: Self.missing(details),
            details: details.filter { !Self.ownKeys.contains($0.key) })
    }

    private static func missing(_ details: [String: BusValue]) -> [String: String] {
        guard case .dictionary(.string, .string, let entries)? = details["missing"] else { return [:] }
        var reasons: [String: String] = [:]
        for entry in entries {
            if let name = entry.key.stringValue { reasons[name] = entry.value.stringValue }
        }
        return reasons
    }
}

extension TriageFailure {
    init?(details: [String: BusValue]) {
        guard let code = details["code"]?.stringValue else { return nil }
        self.init(code: code, message: details["message"]?.stringValue ?? "")
    }
}

// MARK: - Plugins and devices

extension TriagePlugin {
    var row: BusValue {
        BusValue.structure([.string(id), .string(version), .string(role), .details(details)]).withoutPaths
    }

    init?(row: BusValue) {
        guard let fields = row.fields, fields.count == 4, let id = fields[0].stringValue,
            let version = fields[1].stringValue, let role = fields[2].stringValue, let details = fields[3].detailValues
        else { return nil }
        self.init(id: id, version: version, role: role, details: details)
    }
}

extension TriageDevice {
    var row: BusValue {
        BusValue.structure([.string(id), .string(kind), .string(name), .details(details)]).withoutPaths
    }

    init?(row: BusValue) {
        guard let fields = row.fields, fields.count == 4, let id = fields[0].stringValue,
            let kind = fields[1].stringValue, let name = fields[2].stringValue, let details = fields[3].detailValues
        else { return nil }
        self.init(id: id, kind: kind, name: name, details: details)
    }
}

extension TriageStatus {
    /// The properties of the manager, without the version.
    var properties: [String: BusValue] {
        [
            "Status": .string(activity.rawValue), "QueueLength": .uint32(queueLength),
            "Plugins": .array(of: TriageWire.pluginRow, plugins.map(\.row)),
            "Devices": .array(of: TriageWire.deviceRow, devices.map(\.row)),
            "Tainted": .strings(tainted.map(\.withoutPaths)),
            "Troubles": .strings(troubles.map(\.withoutPaths)),
        ]
    }

    init(properties: [String: BusValue]) {
        self.init(
            activity: properties["Status"]?.stringValue.flatMap(Activity.init(rawValue:)) ?? .unknown,
            queueLength: properties["QueueLength"]?.unsignedValue.map { UInt32(truncatingIfNeeded: $0) } ?? 0,
            plugins: (properties["Plugins"]?.elements ?? []).compactMap(TriagePlugin.init(row:)),
            devices: (properties["Devices"]?.elements ?? []).compactMap(TriageDevice.init(row:)),
            tainted: properties["Tainted"]?.stringValues ?? [],
            troubles: properties["Troubles"]?.stringValues ?? [])
    }
}

extension Double {
    fileprivate var finite: Double? { isFinite ? self : nil }
    fileprivate var score: BusValue? { finite.map { .double($0) } }
}
