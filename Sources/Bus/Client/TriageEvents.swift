/// The news of the service on a bus, through restarts of the service and of the bus.
package enum TriageEvents {
    /// Listens until the stream is dropped. The first event says whether the service is there. While the bus cannot be
    /// reached it is tried again; at most `capacity` events wait to be taken, the oldest are lost then.
    package static func on(
        _ address: BusAddress, capacity: Int = 4096, backOff: BusConnector.BackOff = BusConnector.BackOff()
    ) -> AsyncStream<TriageEvent> {
        let (stream, events) = AsyncStream.makeStream(of: TriageEvent.self, bufferingPolicy: .bufferingNewest(capacity))
        // The stream owns the task: both end together.
        let listening = Task {
            let connector = BusConnector(to: address, backOff: backOff)
            try? await connector.run { event in
                switch event {
                case .connected(let connection): await listen(on: connection, events)
                case .lost, .waiting: events.yield(.serviceVanished)
                }
            }
            events.finish()
        }
        events.onTermination = { _ in listening.cancel() }
        return stream
    }

    /// Passes signals on, in their order, until the connection ends.
    private static func listen(
        on connection: BusConnection, _ events: AsyncStream<TriageEvent>.Continuation
    ) async {
        let nameChanges = BusMatchRule(
            sender: .bus, interface: BusInterfaceName(literal: "org.freedesktop.DBus"),
            member: BusMemberName(literal: "NameOwnerChanged"), firstArgument: TriageNames.service.text)
        let news = BusMatchRule(sender: TriageNames.service, pathNamespace: TriageNames.root)
        guard let signals = try? await connection.signals(nameChanges, news, capacity: 4096),
            var owner = try? await connection.owner(of: TriageNames.service) ?? ""
        else {
            // Not heard, not connected: the connector tells, and tries again.
            return connection.close()
        }
        events.yield(owner.isEmpty ? .serviceVanished : .serviceAppeared)
        for await signal in signals {
            if signal.sender == BusName.bus.text, signal.body.count == 3 {
                guard let newOwner = signal.body[2].stringValue, newOwner != owner else { continue }
                owner = newOwner
                events.yield(owner.isEmpty ? .serviceVanished : .serviceAppeared)
            } else if signal.sender == owner, let event = TriageEvent(signal) {
                // From others it would be a forgery.
                events.yield(event)
            }
        }
    }
}
