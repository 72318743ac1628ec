/// The interface `org.lungtriage.Triage1.Job`, as `data/dbus-1/interfaces` describes it.
struct TriageJobInterface: Sendable {
    let board: JobBoard
    let control: any TriageControl
    let changes: ChangeGuard

    static let completed = BusSignal("Completed", [BusArgument("success", .boolean), BusArgument("message", .string)])

    private static let propertyTypes: [(StaticString, BusType)] = [
        ("Operation", .string), ("Progress", .double), ("ProgressValid", .boolean), ("StartTime", .uint64),
        ("ExpectedEndTime", .uint64), ("Cancelable", .boolean), ("State", .string), ("Priority", .string),
        ("Study", .string), ("ArrivalTime", .uint64), ("FinishTime", .uint64), ("Result", .details),
    ]

    /// The object of a job, which may be none: asking it says so.
    func object(_ id: String) -> BusObject {
        BusObject(
            TriageNames.path(ofJob: id),
            [
                BusInterface(
                    TriageNames.jobText, methods: [cancel(id), retry(id)],
                    properties: Self.propertyTypes.map { name, type in property(id, name, type) },
                    signals: [Self.completed])
            ])
    }

    private func property(_ id: String, _ name: StaticString, _ type: BusType) -> BusProperty {
        let isConstant = ["Operation", "Study", "ArrivalTime"].contains(name.description)
        return BusProperty(name, type, change: isConstant ? .constant : .carriesValue) { [board] in
            guard let value = try await board.job(id).properties[name.description] else {
                throw BusError(.unknownProperty, "There is no property \(name).")
            }
            return value
        }
    }

    private func cancel(_ id: String) -> BusMethod {
        BusMethod("Cancel", [BusArgument("options", .details)]) { [board, control, changes] call in
            try await changes.perform(.cancel, call, job: id) { _ in
                let job = try await board.job(id)
                guard job.state.isActive, job.isCancelable else {
                    throw BusError(.notCancelable, "The job is \(job.state.rawValue) and cannot be cancelled.")
                }
                try await control.cancel(id)
                return []
            }
        }
    }

    private func retry(_ id: String) -> BusMethod {
        BusMethod("Retry") { [board, control, changes] call in
            try await changes.perform(.retry, call, job: id) { _ in
                let job = try await board.job(id)
                guard job.state == .failed || job.state == .cancelled else {
                    throw BusError(
                        .notRetryable,
                        "The job is \(job.state.rawValue): only failed and cancelled ones can be retried.")
                }
                try await control.retry(id)
                return []
            }
        }
    }
}
