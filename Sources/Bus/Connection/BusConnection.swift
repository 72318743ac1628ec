import Synchronization

/// A connection to a bus, for its whole life: once lost it stays lost, and ``BusConnector`` makes the next one. Any thread
/// may use it; one thread of its own talks to libdbus.
package final class BusConnection: Sendable {
    /// The name that the bus gave, like `:1.42`.
    package let uniqueName: String
    private let loop: BusLoop
    private let lastListener = Atomic<UInt64>(0)

    /// How long a call waits for its answer unless told otherwise.
    package static let defaultTimeout = Duration.seconds(25)

    private init(uniqueName: String, loop: BusLoop) {
        self.uniqueName = uniqueName
        self.loop = loop
    }

    deinit { loop.stop() }

    /// Connects, authenticates and says hello. Calls to `objects` are refused until ``acceptCalls()``.
    ///
    /// Throws ``BusError``: `badAddress`, `cannotConnect`, `cancelled`.
    package static func connect(
        to address: BusAddress, objects: any BusRouter = NoObjects()
    ) async throws(BusError) -> BusConnection {
        let loop = try BusLoop(address: address.resolved(), router: objects)
        let connected = ReplyTicket<String>()
        try loop.start(connected: connected)
        do {
            return BusConnection(uniqueName: try await connected.answer(), loop: loop)
        } catch {
            loop.stop()
            throw error
        }
    }

    /// Ends the connection after what was sent before.
    package func close() { loop.stop() }

    /// Gives the reason once, when the connection has ended, and finishes.
    package func ended() -> AsyncStream<BusError> {
        let (stream, continuation) = AsyncStream.makeStream(of: BusError.self, bufferingPolicy: .bufferingNewest(1))
        if !loop.perform({ $0.traffic.tellEnd(continuation) }) {
            continuation.yield(.connectionLost)
            continuation.finish()
        }
        return stream
    }
}

/// The objects of a connection that only asks.
package struct NoObjects: BusRouter {
    package init() {}
    package var limits: RequestLimits { RequestLimits() }
    package func route(_ header: BusCallHeader) throws(BusError) -> BusRoute {
        throw BusError(.unknownObject, "This connection has no objects.")
    }
}

// MARK: - Calls and signals

extension BusConnection {
    /// Calls a method and waits for its answer.
    ///
    /// Throws what the other side answers, and ``BusError``: `invalidName`, `invalidValue`, `tooLarge` before anything is
    /// sent; `timedOut`, `cancelled`, `disconnected` when no answer came (the call may have been carried out).
    package func call(
        _ message: BusMessage, timeout: Duration? = BusConnection.defaultTimeout
    ) async throws(BusError) -> [BusValue] {
        let encoded = try EncodedMessage(message)
        let ticket = ReplyTicket<[BusValue]>()
        let isOpen = loop.perform { loop in
            _ = loop.traffic.send(encoded, ticket: ticket, timeout: timeout, link: loop.link)
        }
        guard isOpen else { throw .connectionLost }
        return try await ticket.answer { [loop] in loop.perform { $0.traffic.forgetCancelledCalls() } }
    }

    /// Sends a signal without waiting. Throws like ``call(_:timeout:)`` for what cannot be sent.
    package func emit(_ signal: BusMessage) throws(BusError) {
        let encoded = try EncodedMessage(signal)
        guard loop.perform({ loop in _ = try? loop.link?.send(encoded) }) else { throw .connectionLost }
    }

    /// Sends a signal and waits until the bus has passed it on: the bus handles the messages of a connection in their
    /// order, so its answer to a question asked afterwards proves it.
    ///
    /// Throws like ``call(_:timeout:)``; then it is not known whether the signal was passed on.
    package func emitAndWait(
        _ signal: BusMessage, timeout: Duration = BusConnection.defaultTimeout
    ) async throws(BusError) {
        let encoded = try EncodedMessage(signal)
        let question = try EncodedMessage(.callBus("GetId"))
        let ticket = ReplyTicket<[BusValue]>()
        let isOpen = loop.perform { loop in
            do throws(BusError) {
                guard let link = loop.link else { throw .connectionLost }
                _ = try link.send(encoded)
                _ = loop.traffic.send(question, ticket: ticket, timeout: timeout, link: link)
            } catch {
                ticket.finish(.failure(error))
            }
        }
        guard isOpen else { throw .connectionLost }
        _ = try await ticket.answer { [loop] in loop.perform { $0.traffic.forgetCancelledCalls() } }
    }

    /// The signals that any of `rules` names, in their order, from the moment this returns until the stream is dropped or the connection ends. At
    /// most `capacity` wait to be taken; the oldest are lost then.
    package func signals(
        _ rules: BusMatchRule..., capacity: Int = 1024
    ) async throws(BusError) -> AsyncStream<BusSignalMessage> {
        var texts: [String] = []
        for rule in rules { texts.append(try rule.text()) }
        let wanted = texts
        let id = lastListener.wrappingAdd(1, ordering: .relaxed).newValue
        let (stream, continuation) = AsyncStream.makeStream(
            of: BusSignalMessage.self, bufferingPolicy: .bufferingNewest(max(1, capacity)))
        continuation.onTermination = { [loop] _ in
            loop.perform { loop in
                guard loop.traffic.stopListening(id) else { return }
                for text in wanted {
                    if let removal = try? EncodedMessage.removal(of: text) { _ = try? loop.link?.send(removal) }
                }
            }
        }
        guard loop.perform({ $0.traffic.listen(id, rules, continuation) }) else { throw .connectionLost }
        do {
            for text in wanted { _ = try await call(.callBus("AddMatch", [.string(text)])) }
        } catch {
            continuation.finish()
            throw error
        }
        return stream
    }
}

extension EncodedMessage {
    fileprivate static func removal(of rule: String) throws(BusError) -> EncodedMessage {
        var message = BusMessage.callBus("RemoveMatch", [.string(rule)])
        message.expectsNoReply = true
        return try EncodedMessage(message)
    }
}

// MARK: - The bus itself

extension BusMessage {
    static func callBus(_ member: StaticString, _ body: [BusValue] = []) -> BusMessage {
        .call(
            .bus, BusObjectPath(literal: "/org/freedesktop/DBus"), BusInterfaceName(literal: "org.freedesktop.DBus"),
            BusMemberName(literal: member), body)
    }
}

extension BusConnection {
    /// Takes a well-known name; never from another process, and without waiting for it.
    ///
    /// Throws ``BusError/Code/nameTaken``, ``BusError/Code/accessDenied``.
    package func requestName(_ name: BusName) async throws(BusError) {
        let doNotQueue: UInt32 = 4
        let answer = try await call(.callBus("RequestName", [.string(name.text), .uint32(doNotQueue)]))
        let (owner, alreadyOwner): (UInt64, UInt64) = (1, 4)
        guard let result = answer.first?.unsignedValue, result == owner || result == alreadyOwner else {
            throw BusError(.nameTaken, "Another process owns the name \(name) on this bus.")
        }
    }

    package func releaseName(_ name: BusName) async throws(BusError) {
        _ = try await call(.callBus("ReleaseName", [.string(name.text)]))
    }

    /// Who owns a name now; nil: nobody.
    package func owner(of name: BusName) async throws(BusError) -> String? {
        do {
            return try await call(.callBus("GetNameOwner", [.string(name.text)])).first?.stringValue
        } catch {
            if error.code == .unavailable { return nil }
            throw error
        }
    }

    /// Whether the bus would start the owner of a name that nobody owns.
    package func isActivatable(_ name: BusName) async throws(BusError) -> Bool {
        try await call(.callBus("ListActivatableNames")).first?.stringValues?.contains(name.text) ?? false
    }

    /// The user that a connection belongs to.
    package func unixUser(of name: String) async throws(BusError) -> UInt32 {
        try await credential("GetConnectionUnixUser", of: name)
    }

    /// The process that made a connection; it may have ended since.
    package func unixProcess(of name: String) async throws(BusError) -> UInt32 {
        try await credential("GetConnectionUnixProcessID", of: name)
    }

    private func credential(_ question: StaticString, of name: String) async throws(BusError) -> UInt32 {
        let answer = try await call(.callBus(question, [.string(name)]))
        guard let number = answer.first?.unsignedValue else {
            throw BusError(.badReply, "The bus does not say who \(name.shown) is.")
        }
        return UInt32(truncatingIfNeeded: number)
    }
}

// MARK: - Serving

extension BusConnection {
    /// From now on calls to this connection's objects wait for ``serve(_:)``; before, they are refused.
    package func acceptCalls() -> IncomingCalls {
        // The limits of the router bound the buffer.
        let (calls, continuation) = AsyncStream.makeStream(of: IncomingCall.self, bufferingPolicy: .unbounded)
        if !loop.perform({ $0.traffic.serve(continuation) }) { continuation.finish() }
        return IncomingCalls(stream: calls)
    }

    /// Answers calls until the connection ends or the task is cancelled. Every call has a task of its own: a slow one
    /// keeps nobody waiting.
    package func serve(_ calls: IncomingCalls) async {
        await withDiscardingTaskGroup { group in
            for await call in calls.stream { group.addTask { await self.answer(call) } }
            group.cancelAll()
        }
    }

    private func answer(_ call: IncomingCall) async {
        let answer: Result<EncodedMessage, BusError>
        do {
            let values = try await call.route.handler(
                BusCall(header: call.header, arguments: call.arguments, connection: self))
            guard values.map(\.type) == call.route.outputs.types else {
                throw BusError(.failed, "\(call.header.member) made an answer that is not of its types.")
            }
            answer = .success(try EncodedMessage(call.header.reply(values)))
        } catch let error as BusError {
            answer = .failure(error)
        } catch is CancellationError {
            answer = .failure(BusError(.unavailable, "The service is stopping."))
        } catch {
            answer = .failure(BusError(.failed, "\(error)"))
        }
        loop.perform { loop in loop.traffic.answer(call.header, answer, loop.link) }
    }
}
