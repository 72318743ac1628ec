/// A message as it is sent or was received.
package struct BusMessage: Sendable {
    package enum Kind: Hashable, Sendable {
        case methodCall(path: BusObjectPath, interface: BusInterfaceName?, member: BusMemberName)
        case methodReturn(to: UInt32)
        case error(BusInterfaceName, to: UInt32)
        case signal(path: BusObjectPath, interface: BusInterfaceName, member: BusMemberName)
    }

    package var kind: Kind
    package var destination: BusName?
    package var body: [BusValue]
    /// The caller wants no answer.
    package var expectsNoReply = false
    /// The bus may start the destination.
    package var mayStartDestination = true
    /// The caller waits for a person: asking for a password is allowed.
    package var isInteractive = false

    package init(_ kind: Kind, to destination: BusName? = nil, _ body: [BusValue] = []) {
        self.kind = kind
        self.destination = destination
        self.body = body
    }

    package static func call(
        _ destination: BusName, _ path: BusObjectPath, _ interface: BusInterfaceName, _ member: BusMemberName,
        _ body: [BusValue] = []
    ) -> BusMessage {
        BusMessage(.methodCall(path: path, interface: interface, member: member), to: destination, body)
    }

    package static func signal(
        _ path: BusObjectPath, _ interface: BusInterfaceName, _ member: BusMemberName, _ body: [BusValue] = []
    ) -> BusMessage {
        BusMessage(.signal(path: path, interface: interface, member: member), body)
    }
}

/// A signal that arrived.
package struct BusSignalMessage: Sendable {
    package let sender: String
    package let path: BusObjectPath
    package let interface: String
    package let member: String
    package let body: [BusValue]
}
