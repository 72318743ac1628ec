import Synchronization

/// `org.lungtriage.Triage1` on a bus: answers calls through ``TriageControl`` and tells what the daemon says happened.
package final class TriageBusService: Sendable {
    private let connector: BusConnector
    private let tree: BusObjectTree
    private let board: JobBoard
    private let jobs: TriageJobInterface
    private let control: any TriageControl
    private let lastStatus = Mutex<[String: BusValue]>([:])
    private let statusNews = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - version: of the daemon.
    ///   - authorizer: is asked before anything is changed.
    ///   - auditor: hears of every change that was asked for.
    package init(
        on address: BusAddress, version: String, control: any TriageControl, authorizer: any Authorizer,
        auditor: (any Auditor)? = nil,
        limits: RequestLimits = RequestLimits(), backOff: BusConnector.BackOff = BusConnector.BackOff()
    ) {
        self.control = control
        board = JobBoard(control: control)
        tree = BusObjectTree(limits: limits)
        let changes = ChangeGuard(authorizer: authorizer, auditor: auditor)
        let jobs = TriageJobInterface(board: board, control: control, changes: changes)
        self.jobs = jobs
        let manager = TriageManagerInterface(version: version, control: control, changes: changes)
        tree.add(BusObject(TriageNames.root, managesObjects: true, [manager.interface]))
        tree.add(
            BusSubtree(TriageNames.jobs, listed: { [board] in board.activeIDs.compactMap(Self.pathName) }) { name in
                TriageNames.id(ofJobNamed: name).map(jobs.object)
            })
        connector = BusConnector(to: address, name: TriageNames.service, objects: tree, backOff: backOff)
    }

    private static func pathName(_ id: String) -> String? {
        TriageNames.path(ofJob: id).name(under: TriageNames.jobs)
    }

    /// Serves until the task is cancelled; after the loss of the bus it comes back by itself and tells. `connected` is
    /// the time to announce again what could not be announced.
    ///
    /// Throws ``BusError``: `nameTaken`, `accessDenied`, `badAddress`.
    package func run(
        tell: @escaping @Sendable (BusConnector.Event) async -> Void = { _ in }
    ) async throws(BusError) {
        // Ends with this function.
        async let _ = tellStatus()
        try await connector.run(tell: tell)
    }

    /// Puts the jobs that are active when the daemon starts onto the bus, silently.
    package func setActive(_ jobs: [TriageJob]) { board.replaceAll(jobs) }
}

// MARK: - News that may be lost

extension TriageBusService {
    /// A study waits. Tells `InterfacesAdded` and `StudyQueued`; nobody hears it while the bus is away.
    package func studyQueued(_ job: TriageJob) async {
        guard let connection = await show(job) else { return }
        try? connection.emit(
            signal(
                TriageManagerInterface.studyQueued,
                [.objectPath(job.path), .string(job.study.withoutPaths), .string(job.priority.rawValue), .details([:])])
        )
    }

    /// A study is being analysed. Tells the job's properties and `StudyStarted`.
    package func studyStarted(_ job: TriageJob) async {
        guard let connection = await show(job) else { return }
        try? connection.emit(
            signal(
                TriageManagerInterface.studyStarted,
                [.objectPath(job.path), .string(job.study.withoutPaths), .details([:])]))
    }

    /// Puts a job on the board and tells that it is new or has changed; the connection, when there is one.
    private func show(_ job: TriageJob) async -> BusConnection? {
        let isNew = board.put(job)
        guard let connection = try? connector.connection() else { return nil }
        if isNew, let added = try? await BusMessage.interfacesAdded(jobs.object(job.id), to: TriageNames.root) {
            try? connection.emit(added)
        } else {
            try? connection.emit(.propertiesChanged(job.path, TriageNames.job, job.properties))
        }
        return connection
    }

    /// How far a study is, 0…1. Told at most twice a second for each job; reading the property gives the newest value.
    package func progress(_ id: String, _ fraction: Double, expectedEnd: UInt64? = nil) {
        guard let job = board.progress(id, fraction, expectedEnd: expectedEnd, now: .now),
            let connection = try? connector.connection()
        else { return }
        var values = job.properties.filter { ["Progress", "ProgressValid"].contains($0.key) }
        if let expectedEnd = job.expectedEnd { values["ExpectedEndTime"] = .uint64(expectedEnd) }
        try? connection.emit(.propertiesChanged(job.path, TriageNames.job, values))
    }

    /// Something that ``TriageStatus`` shows has changed. The properties that did are told soon, those of many changes together.
    package func statusChanged() { statusNews.continuation.yield() }

    private func tellStatus() async {
        for await _ in statusNews.stream {
            await tellStatusNow()
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func tellStatusNow() async {
        guard let status = try? await control.status() else { return }
        let properties = status.properties
        let changed = lastStatus.withLock { last in
            let changed = properties.filter { last[$0.key] != $0.value }
            last = properties
            return changed
        }
        guard !changed.isEmpty, let connection = try? connector.connection() else { return }
        try? connection.emit(.propertiesChanged(TriageNames.root, TriageNames.manager, changed))
    }
}

// MARK: - News that must arrive

extension TriageBusService {
    /// A study is done. Returns when the bus has passed `StudyCompleted` on.
    ///
    /// Throws ``BusError`` (`disconnected`, `timedOut`, `invalidValue`…) when that is not certain: announce it again, as
    /// resent and with the same number, when the bus is back.
    package func studyCompleted(_ job: TriageJob, _ announcement: TriageAnnouncement) async throws(BusError) {
        let result = job.result ?? TriageResult(level: "unknown", po: nil, pho: nil, zoneScore: nil)
        var details = result.publicDetails
        details.add(announcement)
        let news = signal(
            TriageManagerInterface.studyCompleted,
            [
                .objectPath(job.path), .string(job.study.withoutPaths), .string(result.level.withoutPaths),
                .double(result.po.finiteScore), .double(result.pho.finiteScore),
                .uint32(result.zoneScore ?? TriageWire.noZoneScore), .details(details),
            ])
        try await finish(job, success: true, message: "", news)
    }

    /// A study failed, was quarantined or cancelled: the job's ``TriageJob/failure`` says which. Returns when the bus has
    /// passed `StudyFailed` on; throws like ``studyCompleted(_:_:)``.
    package func studyFailed(_ job: TriageJob, _ announcement: TriageAnnouncement) async throws(BusError) {
        let failure = job.failure ?? TriageFailure(code: job.state.rawValue, message: "No reason is known.")
        var details: [String: BusValue] = ["message": .string(failure.message.withoutPaths)]
        details.add(announcement)
        let news = signal(
            TriageManagerInterface.studyFailed,
            [
                .objectPath(job.path), .string(job.study.withoutPaths), .string(failure.code.withoutPaths),
                .details(details),
            ])
        try await finish(job, success: false, message: failure.message.withoutPaths, news)
    }

    /// The job leaves the bus, and its news is told last: who hears it finds everything else done.
    private func finish(
        _ job: TriageJob, success: Bool, message: String, _ news: BusMessage
    ) async throws(BusError) {
        let wasActive = board.remove(job.id)
        let connection = try connector.connection()
        if wasActive {
            try connection.emit(.propertiesChanged(job.path, TriageNames.job, job.properties))
            try connection.emit(
                .signal(
                    job.path, TriageNames.job, TriageJobInterface.completed.name,
                    [.boolean(success), .string(message)]))
            try connection.emit(.interfacesRemoved(jobs.object(job.id), from: TriageNames.root))
        }
        try await connection.emitAndWait(news)
    }

    private func signal(_ signal: BusSignal, _ body: [BusValue]) -> BusMessage {
        .signal(TriageNames.root, TriageNames.manager, signal.name, body)
    }
}

extension Double? {
    fileprivate var finiteScore: Double { flatMap { $0.isFinite ? $0 : nil } ?? TriageWire.noScore }
}

extension [String: BusValue] {
    fileprivate mutating func add(_ announcement: TriageAnnouncement) {
        self["announcement"] = .uint64(announcement.number)
        self["resent"] = .boolean(announcement.isResent)
    }
}
