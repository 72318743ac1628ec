import Synchronization

/// Keeps a connection to a bus: connects, takes a name and serves objects; when the connection is lost, does it again.
package final class BusConnector: Sendable {
    /// What happens to the connection.
    package enum Event: Sendable {
        case connected(BusConnection)
        case lost(BusError)
        /// The bus could not be reached, or refused the name; tried again after the delay.
        case waiting(BusError, Duration)
    }

    /// How long to wait between attempts: doubled each time.
    package struct BackOff: Hashable, Sendable {
        package var first: Duration
        package var longest: Duration

        package init(first: Duration = .milliseconds(100), longest: Duration = .seconds(10)) {
            self.first = first
            self.longest = longest
        }
    }

    private let address: BusAddress
    private let name: BusName?
    private let objects: any BusRouter
    private let backOff: BackOff
    private let current = Mutex<BusConnection?>(nil)

    /// A connector to the bus at `address` that takes `name`, when there is one, and serves `objects`.
    package init(
        to address: BusAddress, name: BusName? = nil, objects: any BusRouter = NoObjects(),
        backOff: BackOff = BackOff()
    ) {
        self.address = address
        self.name = name
        self.objects = objects
        self.backOff = backOff
    }

    /// The connection, while there is one. Throws ``BusError/Code/disconnected``.
    package func connection() throws(BusError) -> BusConnection {
        guard let connection = current.withLock({ $0 }) else {
            throw BusError(.disconnected, "There is no connection to the bus now.")
        }
        return connection
    }

    /// Keeps the connection until the task is cancelled. `tell` is awaited at each event: while it handles `connected`,
    /// calls are answered already.
    ///
    /// Throws ``BusError/Code/nameTaken``, ``BusError/Code/accessDenied`` and `badAddress`, which waiting does not mend.
    package func run(tell: @escaping @Sendable (Event) async -> Void = { _ in }) async throws(BusError) {
        var delay = backOff.first
        while !Task.isCancelled {
            do {
                let connection = try await BusConnection.connect(to: address, objects: objects)
                delay = backOff.first
                let reason = try await keep(connection, tell)
                guard !Task.isCancelled else { return }
                await tell(.lost(reason))
            } catch {
                guard !Task.isCancelled else { return }
                guard ![.nameTaken, .accessDenied, .badAddress, .invalidName].contains(error.code) else { throw error }
                await tell(.waiting(error, delay))
                // Cancellation ends the wait, and then the loop.
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, backOff.longest)
            }
        }
    }

    /// Takes the name and serves until the connection ends; the reason.
    private func keep(
        _ connection: BusConnection, _ tell: @escaping @Sendable (Event) async -> Void
    ) async throws(BusError) -> BusError {
        defer {
            current.withLock { $0 = nil }
            connection.close()
        }
        let ended = connection.ended()
        // Before the name is taken: whoever sees the name is answered.
        let calls = connection.acceptCalls()
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask { await connection.serve(calls) }
            let outcome: Result<BusError, BusError>
            do throws(BusError) {
                if let name { try await connection.requestName(name) }
                current.withLock { $0 = connection }
                group.addTask { await tell(.connected(connection)) }
                var reason = BusError.connectionLost
                for await end in ended { reason = end }
                outcome = .success(reason)
            } catch {
                outcome = .failure(error)
            }
            group.cancelAll()
            return outcome
        }
        return try outcome.get()
    }
}
