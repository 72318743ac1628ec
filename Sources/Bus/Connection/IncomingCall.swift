/// Where a call goes, before its arguments are read.
package struct BusCallHeader: Sendable {
    /// The caller's unique name.
    package let sender: String
    package let path: String
    package let interface: String?
    package let member: String
    let serial: UInt32
    let expectsNoReply: Bool
    /// The caller waits for a person, who may be asked for a password.
    package let isInteractive: Bool

    func reply(_ body: [BusValue]) throws(BusError) -> BusMessage {
        BusMessage(.methodReturn(to: serial), to: try BusName(sender), body)
    }

    func reply(_ error: BusError) throws(BusError) -> BusMessage {
        let text = error.message.utf8.contains(0) ? error.message.shown : error.message
        let name =
            (try? BusInterfaceName(error.nameOnBus)) ?? BusInterfaceName(literal: "org.freedesktop.DBus.Error.Failed")
        return BusMessage(.error(name, to: serial), to: try BusName(sender), [.string(text)])
    }
}

/// Finds the method for a call. Asked on the bus thread: must not wait.
package protocol BusRouter: Sendable {
    var limits: RequestLimits { get }

    /// Throws the standard errors `unknownObject`, `unknownInterface`, `unknownMethod`.
    func route(_ header: BusCallHeader) throws(BusError) -> BusRoute
}

/// The method that a call goes to.
package struct BusRoute: Sendable {
    let inputs: BusSignature
    let outputs: BusSignature
    let handler: BusMethod.Handler
}

/// A call with its arguments, which are of the types that the method takes.
struct IncomingCall: Sendable {
    let header: BusCallHeader
    let route: BusRoute
    let arguments: [BusValue]
}

/// Calls that wait to be served.
package struct IncomingCalls: Sendable {
    let stream: AsyncStream<IncomingCall>
}

/// How many calls may be in progress, and how large they may be.
package struct RequestLimits: Hashable, Sendable {
    package var perSender: Int
    package var total: Int
    /// Values of all arguments of a call, containers included.
    package var argumentValues: Int
    package var argumentBytes: Int

    package init(
        perSender: Int = 64, total: Int = 1024, argumentValues: Int = 10_000, argumentBytes: Int = 1 << 20
    ) {
        self.perSender = perSender
        self.total = total
        self.argumentValues = argumentValues
        self.argumentBytes = argumentBytes
    }
}

/// Counts the calls in progress, so that one caller cannot keep the others from being served.
struct RequestLedger {
    private let limits: RequestLimits
    private var inProgress: [String: Int] = [:]
    private var total = 0

    init(limits: RequestLimits) { self.limits = limits }

    mutating func admit(_ sender: String) throws(BusError) {
        let own = inProgress[sender, default: 0]
        guard own < limits.perSender else {
            throw BusError(
                .limitsExceeded, "\(own) calls of this client are in progress, as many as allowed; wait for answers.")
        }
        guard total < limits.total else {
            throw BusError(.limitsExceeded, "\(total) calls are in progress, as many as allowed; try again later.")
        }
        inProgress[sender] = own + 1
        total += 1
    }

    mutating func release(_ sender: String) {
        guard let own = inProgress[sender] else { return }
        inProgress[sender] = own > 1 ? own - 1 : nil
        total -= 1
    }
}
