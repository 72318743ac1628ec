/// What a caller wants to change; the ids are those of polkit's actions.
package enum TriageAction: String, Hashable, Sendable, CaseIterable {
    case submit = "org.lungtriage.submit"
    case cancel = "org.lungtriage.cancel"
    case manage = "org.lungtriage.manage"
}

/// Decides who may change something.
package protocol Authorizer: Sendable {
    /// Returns when the caller may. Throws ``BusError/Code/notAuthorized``.
    func authorize(_ action: TriageAction, _ call: BusCall) async throws(BusError)
}

extension BusError {
    static func refused(_ action: TriageAction, cause: String? = nil) -> BusError {
        BusError(.notAuthorized, "This user may not do this (\(action.rawValue)).", cause: cause)
    }
}
