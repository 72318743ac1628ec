/// The service as other programs see it: every method and property, typed.
///
/// All functions throw what the service answers, and ``BusError/Code/unavailable`` when nobody owns its name.
package final class TriageClient: Sendable {
    private let connection: BusConnection

    package init(_ connection: BusConnection) { self.connection = connection }

    /// Throws ``BusError``: `badAddress`, `cannotConnect`.
    package static func connect(to address: BusAddress) async throws(BusError) -> TriageClient {
        TriageClient(try await BusConnection.connect(to: address))
    }

    /// Hands a file in; the job's id. `isInteractive`: the service may ask for a password.
    package func submit(
        path: String, priority: TriagePriority? = nil, isInteractive: Bool = false
    ) async throws(BusError) -> String {
        var options: [String: BusValue] = [:]
        if let priority { options["priority"] = .string(priority.rawValue) }
        let answer = try await manager("Submit", [.string(path), .details(options)], isInteractive)
        guard let id = answer.first?.pathValue.flatMap(TriageNames.id(ofJobAt:)) else { throw badReply("Submit") }
        return id
    }

    /// The newest first; at most 1,000 at a time.
    package func jobs(
        matching filter: TriageJobFilter = TriageJobFilter(), offset: UInt32 = 0, limit: UInt32 = 0
    ) async throws(BusError) -> [TriageJob] {
        let answer = try await manager("ListJobs", [.details(filter.options), .uint32(offset), .uint32(limit)])
        guard let rows = answer.first?.elements else { throw badReply("ListJobs") }
        return rows.compactMap(TriageJob.init(row:))
    }

    /// A job, active or past. Throws ``BusError/Code/notFound``.
    package func job(_ id: String) async throws(BusError) -> TriageJob {
        let properties = try await properties(of: TriageNames.path(ofJob: id), TriageNames.job)
        guard let job = TriageJob(id: id, properties: properties) else { throw badReply("GetAll") }
        return job
    }

    /// The jobs that wait or run.
    package func activeJobs() async throws(BusError) -> [TriageJob] {
        let answer = try await connection.call(
            .call(
                TriageNames.service, TriageNames.root, BusInterfaceName(literal: StandardInterfaces.objectManagerName),
                BusMemberName(literal: "GetManagedObjects")))
        guard case .dictionary(_, _, let objects)? = answer.first else { throw badReply("GetManagedObjects") }
        return objects.compactMap { object in
            guard let id = object.key.pathValue.flatMap(TriageNames.id(ofJobAt:)),
                case .dictionary(_, _, let interfaces) = object.value,
                let properties = interfaces.first(where: { $0.key.stringValue == TriageNames.job.text })
            else { return nil }
            return properties.value.detailValues.flatMap { TriageJob(id: id, properties: $0) }
        }
    }

    package func cancel(_ id: String, isInteractive: Bool = false) async throws(BusError) {
        _ = try await call(
            TriageNames.path(ofJob: id), TriageNames.job, BusMemberName(literal: "Cancel"), [.details([:])],
            isInteractive)
    }

    package func retry(_ id: String, isInteractive: Bool = false) async throws(BusError) {
        _ = try await call(
            TriageNames.path(ofJob: id), TriageNames.job, BusMemberName(literal: "Retry"), [], isInteractive)
    }

    package func pause(isInteractive: Bool = false) async throws(BusError) {
        _ = try await manager("Pause", [], isInteractive)
    }

    package func resume(isInteractive: Bool = false) async throws(BusError) {
        _ = try await manager("Resume", [], isInteractive)
    }

    /// What cannot change while the daemon runs, a sentence each.
    package func reload(isInteractive: Bool = false) async throws(BusError) -> [String] {
        try await manager("Reload", [], isInteractive).first?.stringValues ?? []
    }

    package func plugins() async throws(BusError) -> [TriagePlugin] {
        (try await manager("ListPlugins").first?.elements ?? []).compactMap(TriagePlugin.init(row:))
    }

    package func status() async throws(BusError) -> TriageStatus {
        TriageStatus(properties: try await properties(of: TriageNames.root, TriageNames.manager))
    }

    /// The daemon's version.
    package func version() async throws(BusError) -> String {
        try await properties(of: TriageNames.root, TriageNames.manager)["Version"]?.stringValue ?? ""
    }

    /// Whether somebody owns the service's name now.
    package func isServiceThere() async throws(BusError) -> Bool {
        try await connection.owner(of: TriageNames.service) != nil
    }
}

// MARK: - Calls

extension TriageClient {
    private func manager(
        _ member: StaticString, _ body: [BusValue] = [], _ isInteractive: Bool = false
    ) async throws(BusError) -> [BusValue] {
        try await call(
            TriageNames.root, TriageNames.manager, BusMemberName(literal: member), body, isInteractive)
    }

    private func call(
        _ path: BusObjectPath, _ interface: BusInterfaceName, _ member: BusMemberName, _ body: [BusValue],
        _ isInteractive: Bool
    ) async throws(BusError) -> [BusValue] {
        var message = BusMessage.call(TriageNames.service, path, interface, member, body)
        message.isInteractive = isInteractive
        return try await connection.call(
            message, timeout: isInteractive ? .seconds(300) : BusConnection.defaultTimeout)
    }

    private func properties(
        of path: BusObjectPath, _ interface: BusInterfaceName
    ) async throws(BusError) -> [String: BusValue] {
        let answer = try await connection.call(
            .call(
                TriageNames.service, path, BusInterfaceName(literal: StandardInterfaces.propertiesName),
                BusMemberName(literal: "GetAll"), [.string(interface.text)]))
        guard let properties = answer.first?.detailValues else { throw badReply("GetAll") }
        return properties
    }

    private func badReply(_ member: String) -> BusError {
        BusError(.badReply, "The answer of the service to \(member) is not of its types; is it another version?")
    }
}

extension TriageJobFilter {
    fileprivate var options: [String: BusValue] {
        var options: [String: BusValue] = [:]
        if !states.isEmpty { options["state"] = .strings(states.map(\.rawValue).sorted()) }
        if !priorities.isEmpty { options["priority"] = .strings(priorities.map(\.rawValue).sorted()) }
        if let study { options["study"] = .string(study) }
        if let since { options["since"] = .uint64(since) }
        if let until { options["until"] = .uint64(until) }
        return options
    }
}
