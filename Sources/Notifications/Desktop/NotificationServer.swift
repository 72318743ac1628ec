import Bus

/// The notification daemon that owns the name now (`org.freedesktop.Notifications`, specification 1.2).
struct NotificationServer: Sendable {
    static let name = BusName(literal: "org.freedesktop.Notifications")
    static let path = BusObjectPath(literal: "/org/freedesktop/Notifications")
    static let interface = BusInterfaceName(literal: "org.freedesktop.Notifications")

    let connection: BusConnection
    /// Its unique name: a call must not reach the next daemon, which has other capabilities.
    let owner: BusName
    /// How long it may take to answer.
    let timeout: Duration

    /// Throws ``BusError``. A daemon that does not know the question has no capabilities.
    func capabilities() async throws(BusError) -> DesktopCapabilities {
        do {
            let answer = try await call("GetCapabilities", [])
            return DesktopCapabilities(Set(answer.first?.stringValues ?? []))
        } catch {
            guard error.code == .unknownMethod else { throw error }
            return DesktopCapabilities([])
        }
    }

    /// Shows a notification; its number. `replaced` is the number of the one that it replaces, 0: none.
    ///
    /// Throws ``BusError``; then it is not known whether it is shown.
    func notify(
        _ notification: DesktopNotification, replacing replaced: UInt32, _ capabilities: DesktopCapabilities
    ) async throws(BusError) -> UInt32 {
        let serverDecides: Int32 = -1
        let answer = try await call(
            "Notify",
            [
                .string("Lungtriage"), .uint32(replaced), .string("org.lungtriage.Triage"),
                .string(capabilities.title(notification.text)), .string(capabilities.body(notification.text)),
                .strings(capabilities.hasActions ? notification.actions : []),
                .details(notification.hints(capabilities)), .int32(serverDecides),
            ])
        guard let id = answer.first?.unsignedValue.flatMap(UInt32.init(exactly:)) else {
            throw BusError(.badReply, "The notification daemon does not say the number of a notification.")
        }
        return id
    }

    private func call(_ member: StaticString, _ body: [BusValue]) async throws(BusError) -> [BusValue] {
        try await connection.call(
            .call(owner, Self.path, Self.interface, BusMemberName(literal: member), body), timeout: timeout)
    }
}

extension DesktopNotification {
    /// Keys and labels in turn. `default` is the click on the notification itself.
    fileprivate var actions: [String] {
        switch target {
        case .report: ["default", "Open report", "open-report", "Open report"]
        case .worklist: ["default", "Open worklist", "open-worklist", "Open worklist"]
        case nil: []
        }
    }

    fileprivate func hints(_ capabilities: DesktopCapabilities) -> [String: BusValue] {
        var hints: [String: BusValue] = [
            "urgency": .byte(urgency.rawValue), "category": .string(category.rawValue),
            "desktop-entry": .string("org.lungtriage.Notify"),
        ]
        if isTransient, capabilities.isPersistent { hints["transient"] = .boolean(true) }
        return hints
    }
}
