/// The interface `org.lungtriage.Triage1.Manager`, as `data/dbus-1/interfaces` describes it.
struct TriageManagerInterface: Sendable {
    let version: String
    let control: any TriageControl
    let changes: ChangeGuard

    /// At most this many rows of `ListJobs`; 0 asks for ``defaultRows``.
    static let mostRows = 1000
    static let defaultRows = 100

    static let studyQueued = BusSignal(
        "StudyQueued",
        [
            BusArgument("job", .objectPath), BusArgument("study", .string), BusArgument("priority", .string),
            BusArgument("details", .details),
        ])
    static let studyStarted = BusSignal(
        "StudyStarted",
        [BusArgument("job", .objectPath), BusArgument("study", .string), BusArgument("details", .details)])
    static let studyCompleted = BusSignal(
        "StudyCompleted",
        [
            BusArgument("job", .objectPath), BusArgument("study", .string), BusArgument("level", .string),
            BusArgument("po", .double), BusArgument("pho", .double), BusArgument("zone_score", .uint32),
            BusArgument("details", .details),
        ])
    static let studyFailed = BusSignal(
        "StudyFailed",
        [
            BusArgument("job", .objectPath), BusArgument("study", .string), BusArgument("code", .string),
            BusArgument("details", .details),
        ])

    var interface: BusInterface {
        BusInterface(
            TriageNames.managerText, methods: [submit, listJobs, listPlugins, reload, pause, resume],
            properties: properties,
            signals: [Self.studyQueued, Self.studyStarted, Self.studyCompleted, Self.studyFailed])
    }

    private var submit: BusMethod {
        BusMethod(
            "Submit", [BusArgument("path", .string), BusArgument("options", .details)],
            returns: [BusArgument("job", .objectPath)]
        ) { [control, changes] call in
            let path = try SubmitArguments.checkedPath(call.argument(0, \.stringValue))
            let priority = try SubmitArguments.priority(call.argument(1, \.detailValues))
            return try await changes.perform(.submit, call) { job in
                let user = try await call.connection.unixUser(of: call.header.sender)
                let id = try await control.submit(TriageSubmission(path: path, priority: priority, user: user))
                job = id
                return [.objectPath(TriageNames.path(ofJob: id))]
            }
        }
    }

    private var listJobs: BusMethod {
        BusMethod(
            "ListJobs",
            [BusArgument("filter", .details), BusArgument("offset", .uint32), BusArgument("limit", .uint32)],
            returns: [BusArgument("jobs", .array(TriageWire.jobRow))]
        ) { [control] call in
            let filter = try SubmitArguments.filter(call.argument(0, \.detailValues))
            let offset = Int(try call.argument(1, \.unsignedValue))
            let limit = Int(try call.argument(2, \.unsignedValue))
            let rows = limit == 0 ? Self.defaultRows : min(limit, Self.mostRows)
            let jobs = try await control.jobs(matching: filter, offset: offset, limit: rows)
            return [.array(of: TriageWire.jobRow, jobs.prefix(rows).map(\.row))]
        }
    }

    private var listPlugins: BusMethod {
        BusMethod("ListPlugins", returns: [BusArgument("plugins", .array(TriageWire.pluginRow))]) { [control] _ in
            [.array(of: TriageWire.pluginRow, try await control.status().plugins.map(\.row))]
        }
    }

    private var reload: BusMethod {
        BusMethod("Reload", returns: [BusArgument("unchanged", .array(.string))]) { [control, changes] call in
            try await changes.perform(.reload, call) { _ in [.strings(try await control.reload())] }
        }
    }

    private var pause: BusMethod {
        BusMethod("Pause") { [control, changes] call in
            try await changes.perform(.pause, call) { _ in
                try await control.pause()
                return []
            }
        }
    }

    private var resume: BusMethod {
        BusMethod("Resume") { [control, changes] call in
            try await changes.perform(.resume, call) { _ in
                try await control.resume()
                return []
            }
        }
    }

    private var properties: [BusProperty] {
        [
            BusProperty("Version", .string, change: .constant) { [version] in .string(version) },
            statusProperty("Status", .string), statusProperty("QueueLength", .uint32),
            statusProperty("Plugins", .array(TriageWire.pluginRow)),
            statusProperty("Devices", .array(TriageWire.deviceRow)), statusProperty("Tainted", .array(.string)),
            statusProperty("Troubles", .array(.string)),
        ]
    }

    private func statusProperty(_ name: StaticString, _ type: BusType) -> BusProperty {
        BusProperty(name, type) { [control] in
            guard let value = try await control.status().properties[name.description] else {
                throw BusError(.unknownProperty, "There is no property \(name).")
            }
            return value
        }
    }
}
