/// Asks polkit, which may ask a person for a password where the caller allows that. Where polkit is not installed, only
/// the daemon's own user and root may change something.
package struct PolkitAuthorizer: Authorizer {
    private let withoutPolkit: SameUserAuthorizer

    package init(withoutPolkit: SameUserAuthorizer = SameUserAuthorizer()) { self.withoutPolkit = withoutPolkit }

    /// A person needs time to find the password.
    private static let interactiveTimeout = Duration.seconds(300)

    package func authorize(_ action: TriageAction, _ call: BusCall) async throws(BusError) {
        let subject = BusValue.structure([
            .string("system-bus-name"), .details(["name": .string(call.header.sender)]),
        ])
        let allowUserInteraction: UInt32 = call.header.isInteractive ? 1 : 0
        let question = BusMessage.call(
            BusName(literal: "org.freedesktop.PolicyKit1"),
            BusObjectPath(literal: "/org/freedesktop/PolicyKit1/Authority"),
            BusInterfaceName(literal: "org.freedesktop.PolicyKit1.Authority"),
            BusMemberName(literal: "CheckAuthorization"),
            [
                subject, .string(action.rawValue), .dictionary(key: .string, value: .string, []),
                .uint32(allowUserInteraction), .string(""),
            ])
        let answer: [BusValue]
        do {
            answer = try await call.connection.call(
                question, timeout: call.header.isInteractive ? Self.interactiveTimeout : BusConnection.defaultTimeout)
        } catch {
            guard error.code == .unavailable else { throw .refused(action, cause: error.description) }
            return try await withoutPolkit.authorize(action, call)
        }
        guard answer.first?.fields?.first?.booleanValue == true else { throw .refused(action) }
    }
}
