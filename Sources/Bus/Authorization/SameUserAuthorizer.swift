#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Allows everything to the daemon's own user and to root; for the session bus.
package struct SameUserAuthorizer: Authorizer {
    private let user: UInt32

    /// - Parameter user: whose calls are allowed; by default the user of this process.
    package init(user: UInt32 = geteuid()) { self.user = user }

    package func authorize(_ action: TriageAction, _ call: BusCall) async throws(BusError) {
        let caller = try await call.connection.unixUser(of: call.header.sender)
        guard caller == user || caller == 0 else { throw .refused(action) }
    }
}
