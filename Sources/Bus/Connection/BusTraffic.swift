/// Who waits for what on one connection: calls for their answers, listeners for signals, the service for calls. Used by
/// the bus thread only.
final class BusTraffic {
    private struct PendingCall {
        let ticket: ReplyTicket<[BusValue]>
        let deadline: ContinuousClock.Instant?
    }

    private struct Listener {
        let rules: [BusMatchRule]
        let signals: AsyncStream<BusSignalMessage>.Continuation
    }

    private let router: any BusRouter
    private var calls: [UInt32: PendingCall] = [:]
    private var listeners: [UInt64: Listener] = [:]
    private var requests: RequestLedger
    private var incoming: AsyncStream<IncomingCall>.Continuation?
    private var closings: [AsyncStream<BusError>.Continuation] = []
    private var endReason: BusError?
    /// The earliest deadline of a call; may name one that was answered since.
    private(set) var deadline: ContinuousClock.Instant?

    init(router: any BusRouter) {
        self.router = router
        requests = RequestLedger(limits: router.limits)
    }

    /// Sends a call and remembers who waits for the answer.
    func send(
        _ message: EncodedMessage, ticket: ReplyTicket<[BusValue]>, timeout: Duration?, link: BusLink?
    ) -> UInt32? {
        guard !ticket.isDone else { return nil }
        do throws(BusError) {
            guard let link else { throw endReason ?? .connectionLost }
            let serial = try link.send(message)
            let end = timeout.map { ContinuousClock.now + $0 }
            calls[serial] = PendingCall(ticket: ticket, deadline: end)
            if let end { deadline = min(deadline ?? end, end) }
            return serial
        } catch {
            ticket.finish(.failure(error))
            return nil
        }
    }

    /// Drops calls that nobody waits for any more.
    func forgetCancelledCalls() { calls = calls.filter { !$0.value.ticket.isDone } }

    func expireCalls(now: ContinuousClock.Instant) {
        guard let deadline, deadline <= now else { return }
        for (serial, call) in calls {
            guard let end = call.deadline, end <= now else { continue }
            calls[serial] = nil
            call.ticket.finish(.failure(BusError(.timedOut, "No answer came in the time that was allowed.")))
        }
        self.deadline = calls.values.compactMap(\.deadline).min()
    }

    func end(_ reason: BusError) {
        endReason = reason
        for call in calls.values { call.ticket.finish(.failure(reason)) }
        calls = [:]
        for listener in listeners.values { listener.signals.finish() }
        listeners = [:]
        incoming?.finish()
        for closing in closings {
            closing.yield(reason)
            closing.finish()
        }
        closings = []
    }
}

// MARK: - Listeners

extension BusTraffic {
    func listen(_ id: UInt64, _ rules: [BusMatchRule], _ signals: AsyncStream<BusSignalMessage>.Continuation) {
        guard endReason == nil else { return signals.finish() }
        listeners[id] = Listener(rules: rules, signals: signals)
    }

    /// True: it was listening.
    func stopListening(_ id: UInt64) -> Bool { listeners.removeValue(forKey: id) != nil }

    func serve(_ calls: AsyncStream<IncomingCall>.Continuation) {
        guard endReason == nil else { return calls.finish() }
        incoming?.finish()
        incoming = calls
    }

    func tellEnd(_ closing: AsyncStream<BusError>.Continuation) {
        guard let endReason else { return closings.append(closing) }
        closing.yield(endReason)
        closing.finish()
    }
}

// MARK: - What arrives

extension BusTraffic {
    func take(_ message: borrowing ReceivedMessage, _ link: BusLink) {
        switch message.kind {
        case .methodReturn, .error: takeReply(message)
        case .signal: takeSignal(message)
        case .methodCall: takeCall(message, link)
        case .other: break
        }
    }

    private func takeReply(_ message: borrowing ReceivedMessage) {
        guard let call = calls.removeValue(forKey: message.replySerial) else { return }
        // No wake-up for calls that are answered.
        if calls.isEmpty { deadline = nil }
        if message.kind == .error {
            let name = message.errorName ?? BusError.standardPrefix + "Failed"
            call.ticket.finish(.failure(BusError(receivedName: name, text: message.errorText)))
            return
        }
        do throws(BusError) {
            call.ticket.finish(.success(try message.body()))
        } catch {
            call.ticket.finish(.failure(error))
        }
    }

    private func takeSignal(_ message: borrowing ReceivedMessage) {
        guard let sender = message.sender, let interface = message.interface, let member = message.member,
            let text = message.path, let path = try? BusObjectPath(text)
        else { return }
        var signal: BusSignalMessage?
        for listener in listeners.values
        where listener.rules.contains(where: { $0.takes(sender, path, interface, member) }) {
            // Read once, and only when somebody wants it; a body beyond the limits is nobody's.
            if signal == nil {
                guard let body = try? message.body() else { return }
                signal = BusSignalMessage(sender: sender, path: path, interface: interface, member: member, body: body)
            }
            if let signal, listener.rules.contains(where: { $0.takes(signal) }) { listener.signals.yield(signal) }
        }
    }

    private func takeCall(_ message: borrowing ReceivedMessage, _ link: BusLink) {
        guard let sender = message.sender, let path = message.path, let member = message.member else { return }
        let header = BusCallHeader(
            sender: sender, path: path, interface: message.interface, member: member, serial: message.serial,
            expectsNoReply: message.expectsNoReply, isInteractive: message.isInteractive)
        do throws(BusError) {
            guard let incoming else {
                throw BusError(.unknownObject, "This connection has no object \(path.shown).")
            }
            let route = try router.route(header)
            guard message.signature == route.inputs.text else {
                throw BusError(
                    .invalidArguments,
                    "\(member) takes arguments of type “\(route.inputs.text)”, not “\(message.signature)”.")
            }
            try requests.admit(sender)
            let budget = BusBudget(values: router.limits.argumentValues, bytes: router.limits.argumentBytes)
            do throws(BusError) {
                incoming.yield(IncomingCall(header: header, route: route, arguments: try message.body(within: budget)))
            } catch {
                requests.release(sender)
                throw error
            }
        } catch {
            send(.failure(error), to: header, link)
        }
    }

    /// Answers a call that was admitted.
    func answer(_ header: BusCallHeader, _ answer: Result<EncodedMessage, BusError>, _ link: BusLink?) {
        requests.release(header.sender)
        if let link { send(answer, to: header, link) }
    }

    private func send(_ answer: Result<EncodedMessage, BusError>, to header: BusCallHeader, _ link: BusLink) {
        guard !header.expectsNoReply else { return }
        let message: EncodedMessage?
        switch answer {
        case .success(let reply): message = reply
        case .failure(let error): message = try? EncodedMessage(header.reply(error))
        }
        // A bus that takes no more answers is about to drop this connection, which is told elsewhere.
        if let message { _ = try? link.send(message) }
    }
}
