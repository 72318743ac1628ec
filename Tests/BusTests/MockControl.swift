import Bus

/// A daemon of jobs in memory, which notes what it is asked.
actor MockControl: TriageControl {
    private(set) var jobs: [String: TriageJob] = [:]
    private(set) var requests: [String] = []
    private(set) var submissions: [TriageSubmission] = []
    private var current = TriageStatus(
        activity: .idle, plugins: [TriagePlugin(id: "unet", version: "1.0", role: "lung", details: ["a": .uint32(1)])],
        devices: [TriageDevice(id: "cpu", kind: "cpu", name: "CPU")], tainted: ["unsealed plugin"],
        troubles: ["The disk is full."])
    private(set) var lastPage: (filter: TriageJobFilter, offset: Int, limit: Int)?

    func add(_ job: TriageJob) { jobs[job.id] = job }
    func setStatus(_ status: TriageStatus) { current = status }

    func submit(_ submission: TriageSubmission) throws -> String {
        submissions.append(submission)
        if submission.path.contains("busy") { throw BusError(.busy, "The inbox is full.") }
        return "job-\(submissions.count)"
    }

    func jobs(matching filter: TriageJobFilter, offset: Int, limit: Int) -> [TriageJob] {
        lastPage = (filter, offset, limit)
        return Array(jobs.values.sorted { $0.arrived > $1.arrived }.dropFirst(offset).prefix(limit))
    }

    func job(_ id: String) -> TriageJob? { jobs[id] }
    func cancel(_ id: String) { requests.append("cancel \(id)") }
    func retry(_ id: String) { requests.append("retry \(id)") }
    func pause() { requests.append("pause") }
    func resume() { requests.append("resume") }

    func reload() -> [String] {
        requests.append("reload")
        return ["The folders change with a restart."]
    }

    func status() -> TriageStatus { current }
}

/// Lets everybody or nobody.
struct FixedAuthorizer: Authorizer {
    let isAllowed: Bool

    func authorize(_ action: TriageAction, _ call: BusCall) async throws(BusError) {
        guard isAllowed else { throw BusError(.notAuthorized, "Not you (\(action.rawValue)).") }
    }
}
