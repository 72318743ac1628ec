import Bus

/// Notifications on the session bus, through restarts of the notification daemon and of the bus. It knows which
/// notification is which, replaces those of the same key, and tells what was clicked.
package actor NotificationDesk {
    /// Somebody clicked on a notification.
    package struct Activation: Hashable, Sendable {
        package var target: DesktopNotification.Target
        /// Lets the program that is started take the focus (XDG_ACTIVATION_TOKEN).
        package var token: String?
    }

    package enum Change: Hashable, Sendable {
        /// There is a notification daemon, for the first time or another one than before.
        case ready
        /// The bus is there, and nobody on it shows notifications.
        case nobodyShows
        case busLost(String)
    }

    private enum State {
        case disconnected
        case nobodyShows
        case ready(NotificationServer)
    }

    private struct Shown {
        let key: String
        let target: DesktopNotification.Target?
    }

    /// The name of the notifier itself: one for each desktop is enough.
    package static let ownName = BusName(literal: "org.lungtriage.Notify")
    /// So many notifications are remembered to be replaced.
    private static let remembered = 500

    private let connector: BusConnector
    private let timeout: Duration
    private let patience: Duration
    private let changes: @Sendable (Change) -> Void
    private let activations: @Sendable (Activation) -> Void
    private var state = State.disconnected
    private var capabilities: DesktopCapabilities?
    private var shown: [UInt32: Shown] = [:]
    private var ids: [String: UInt32] = [:]
    /// Keys, the oldest notification first.
    private var order: [String] = []
    private var token: (id: UInt32, text: String)?
    private var lostSince: ContinuousClock.Instant?

    /// - Parameters:
    ///   - timeout: how long the notification daemon may take to answer.
    ///   - patience: how long the session bus may be away.
    ///   - changes: is told when notifications can or cannot be shown.
    ///   - activations: is told of clicks.
    package init(
        on address: BusAddress, timeout: Duration, patience: Duration, backOff: BusConnector.BackOff,
        changes: @escaping @Sendable (Change) -> Void, activations: @escaping @Sendable (Activation) -> Void
    ) {
        connector = BusConnector(to: address, name: Self.ownName, backOff: backOff)
        self.timeout = timeout
        self.patience = patience
        self.changes = changes
        self.activations = activations
    }

    /// Whether there is a notification daemon now.
    package var isReady: Bool { if case .ready = state { true } else { false } }

    /// Shows a notification, in the place of an earlier one of the same key.
    ///
    /// Throws ``BusError``: `unavailable` when there is no notification daemon, `timedOut` when it does not answer,
    /// `disconnected`, and what it answers; ``changes`` tells when it is worth trying again.
    package func show(_ notification: DesktopNotification) async throws(BusError) {
        guard case .ready(let server) = state else {
            throw BusError(.unavailable, "Nobody shows notifications on this desktop.")
        }
        let known = try await capabilities(of: server)
        let key = notification.replacementKey
        let id = try await server.notify(notification, replacing: ids[key] ?? 0, known)
        // The numbers of a daemon that went away meanwhile mean nothing to the next one.
        guard case .ready(let now) = state, now.owner == server.owner, id != 0 else { return }
        remember(id, Shown(key: key, target: notification.target))
    }

    private func capabilities(of server: NotificationServer) async throws(BusError) -> DesktopCapabilities {
        if let capabilities { return capabilities }
        let answer = try await server.capabilities()
        if case .ready(let now) = state, now.owner == server.owner { capabilities = answer }
        return answer
    }

    private func remember(_ id: UInt32, _ notification: Shown) {
        if let old = ids[notification.key], old != id { shown[old] = nil }
        order.removeAll { $0 == notification.key }
        order.append(notification.key)
        ids[notification.key] = id
        shown[id] = notification
        if order.count > Self.remembered { forget(key: order[0]) }
    }

    private func forget(key: String) {
        order.removeAll { $0 == key }
        if let id = ids.removeValue(forKey: key) { shown[id] = nil }
    }
}

// MARK: - The connection

extension NotificationDesk {
    /// Keeps the connection until the task is cancelled.
    ///
    /// Throws ``BusError``: `badAddress` when no session bus is known, `accessDenied`, `nameTaken` when another
    /// notifier runs on this desktop, and `disconnected` when the bus has been away for longer than the patience: then
    /// the desktop is no more.
    package func run() async throws {
        let (ends, end) = AsyncStream.makeStream(of: BusError.self)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await self.connector.run { event in
                    switch event {
                    case .connected(let connection): await self.serve(connection)
                    case .lost(let error), .waiting(let error, _):
                        if await !self.bearsLoss(error) { end.yield(error) }
                    }
                }
            }
            group.addTask {
                for await error in ends {
                    throw BusError(
                        .disconnected, "The session bus is gone, and the desktop with it.", cause: error.message)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// False: the bus has been away for too long.
    private func bearsLoss(_ error: BusError) -> Bool {
        if lostSince == nil { changes(.busLost(error.message)) }
        let since = lostSince ?? .now
        enter(.disconnected)
        lostSince = since
        return .now - since < patience
    }

    private func enter(_ next: State) {
        state = next
        (capabilities, shown, ids, order, token, lostSince) = (nil, [:], [:], [], nil, nil)
    }

    private func serve(_ connection: BusConnection) async {
        let ownerChanges = BusMatchRule(
            sender: BusName(literal: "org.freedesktop.DBus"), member: BusMemberName(literal: "NameOwnerChanged"),
            firstArgument: NotificationServer.name.text)
        let news = BusMatchRule(
            sender: NotificationServer.name, interface: NotificationServer.interface, path: NotificationServer.path)
        guard let signals = try? await connection.signals(ownerChanges, news),
            let owner = try? await findServer(connection)
        else {
            // Not heard, not connected: the connector tries again.
            return connection.close()
        }
        take(owner: owner, connection)
        for await signal in signals { handle(signal, connection) }
    }

    /// The notification daemon's name, started where the desktop starts it with the first notification; empty: there is
    /// none.
    private func findServer(_ connection: BusConnection) async throws(BusError) -> String {
        if let owner = try await connection.owner(of: NotificationServer.name) { return owner }
        let bus = BusName(literal: "org.freedesktop.DBus")
        do {
            _ = try await connection.call(
                .call(
                    bus, BusObjectPath(literal: "/org/freedesktop/DBus"),
                    BusInterfaceName(literal: "org.freedesktop.DBus"), BusMemberName(literal: "StartServiceByName"),
                    [.string(NotificationServer.name.text), .uint32(0)]))
        } catch {
            guard error.code != .disconnected, error.code != .cancelled else { throw error }
            return ""
        }
        return try await connection.owner(of: NotificationServer.name) ?? ""
    }

    private func take(owner: String, _ connection: BusConnection) {
        if let owner = try? BusName(owner) {
            enter(.ready(NotificationServer(connection: connection, owner: owner, timeout: timeout)))
            changes(.ready)
        } else {
            enter(.nobodyShows)
            changes(.nobodyShows)
        }
    }
}

// MARK: - Signals

extension NotificationDesk {
    private func handle(_ signal: BusSignalMessage, _ connection: BusConnection) {
        if signal.sender == "org.freedesktop.DBus" {
            guard signal.body.count == 3, let owner = signal.body[2].stringValue else { return }
            if case .ready(let server) = state, server.owner.text == owner { return }
            return take(owner: owner, connection)
        }
        // From others it would be a forgery.
        guard case .ready(let server) = state, signal.sender == server.owner.text,
            let id = signal.body.first?.unsignedValue.flatMap(UInt32.init(exactly:)), let notification = shown[id]
        else { return }
        switch signal.member {
        case "ActivationToken":
            token = signal.body.last?.stringValue.map { (id, $0) }
        case "ActionInvoked":
            if let target = notification.target {
                activations(Activation(target: target, token: token?.id == id ? token?.text : nil))
            }
            token = nil
        case "NotificationClosed":
            forget(key: notification.key)
        default:
            return
        }
    }
}
