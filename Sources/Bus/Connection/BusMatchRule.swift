/// Which signals a listener wants.
package struct BusMatchRule: Hashable, Sendable {
    package var sender: BusName?
    package var interface: BusInterfaceName?
    package var member: BusMemberName?
    package var path: BusObjectPath?
    /// The path and all below it.
    package var pathNamespace: BusObjectPath?
    /// The first argument, a string.
    package var firstArgument: String?

    package init(
        sender: BusName? = nil, interface: BusInterfaceName? = nil, member: BusMemberName? = nil,
        path: BusObjectPath? = nil, pathNamespace: BusObjectPath? = nil, firstArgument: String? = nil
    ) {
        self.sender = sender
        self.interface = interface
        self.member = member
        self.path = path
        self.pathNamespace = pathNamespace
        self.firstArgument = firstArgument
    }

    /// The rule as the bus reads it. Throws ``BusError/Code/invalidName``.
    func text() throws(BusError) -> String {
        try sender?.check()
        try interface?.check()
        try member?.check()
        try path?.check()
        try pathNamespace?.check()
        guard path == nil || pathNamespace == nil, firstArgument?.contains(where: { "'\\,\0".contains($0) }) != true
        else {
            throw BusError(.invalidName, "A match rule has a path or a name space, and no quotes in its argument.")
        }
        let parts = [
            ("sender", sender?.text), ("interface", interface?.text), ("member", member?.text), ("path", path?.text),
            ("path_namespace", pathNamespace?.text), ("arg0", firstArgument),
        ]
        let wanted: [String] = parts.compactMap { key, value in value.map { "\(key)='\($0)'" } }
        return (["type='signal'"] + wanted).joined(separator: ",")
    }

    /// Whether a signal of this header may be wanted. A well-known name of the sender is not in the message: the bus has
    /// looked at it, but what came for another rule or was sent to this connection alone may be from others.
    func takes(_ sender: String, _ path: BusObjectPath, _ interface: String, _ member: String) -> Bool {
        if let wanted = self.sender, wanted.isUnique || wanted == .bus, wanted.text != sender { return false }
        if let wanted = self.interface, wanted.text != interface { return false }
        if let wanted = self.member, wanted.text != member { return false }
        if let wanted = self.path, wanted != path { return false }
        if let wanted = pathNamespace, wanted != path, path.branch(under: wanted) == nil { return false }
        return true
    }

    func takes(_ signal: BusSignalMessage) -> Bool {
        guard takes(signal.sender, signal.path, signal.interface, signal.member) else { return false }
        guard let firstArgument else { return true }
        return signal.body.first?.stringValue == firstArgument
    }
}
