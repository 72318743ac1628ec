/// Someone asked for a change: who, which, and what came of it.
package struct AuditRecord: Hashable, Sendable {
    package enum Change: String, Hashable, Sendable, CaseIterable {
        case submit, cancel, retry, reload, pause, resume

        /// What the caller must be allowed.
        var action: TriageAction {
            switch self {
            case .submit, .retry: .submit
            case .cancel: .cancel
            case .reload, .pause, .resume: .manage
            }
        }
    }

    package enum Outcome: Hashable, Sendable {
        case done
        /// The caller was not allowed it.
        case refused
        /// With the sentence that the caller got.
        case failed(String)
    }

    package let change: Change
    /// As the bus knows them; nil when it did not say.
    package let user: UInt32?
    package let process: UInt32?
    /// Of a change to a job, when one was found or made.
    package let job: String?
    package let outcome: Outcome
}

/// Keeps a record of changes.
package protocol Auditor: Sendable {
    func note(_ record: AuditRecord)
}

/// The way to every change: the caller must be allowed it, and it is noted whatever comes of it.
struct ChangeGuard: Sendable {
    let authorizer: any Authorizer
    let auditor: (any Auditor)?

    /// `body` says which job it is about. Throws what authorisation and `body` throw.
    func perform<Result>(
        _ change: AuditRecord.Change, _ call: BusCall, job: String? = nil,
        _ body: (_ job: inout String?) async throws -> Result
    ) async throws -> Result {
        let user = try? await call.connection.unixUser(of: call.header.sender)
        let process = try? await call.connection.unixProcess(of: call.header.sender)
        var job = job
        func note(_ outcome: AuditRecord.Outcome) {
            auditor?.note(AuditRecord(change: change, user: user, process: process, job: job, outcome: outcome))
        }
        do {
            try await authorizer.authorize(change.action, call)
        } catch {
            note(error.code == .notAuthorized ? .refused : .failed(error.message))
            throw error
        }
        do {
            let result = try await body(&job)
            note(.done)
            return result
        } catch {
            note(.failed((error as? BusError)?.message ?? "\(error)"))
            throw error
        }
    }
}
