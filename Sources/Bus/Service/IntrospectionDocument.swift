/// Interfaces as the XML of `Introspect`. All names are D-Bus names or set in the source code; nothing needs escaping.
package enum IntrospectionDocument {
    package static func text(_ interfaces: [BusInterface], children: [String]) -> String {
        var lines = [
            "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"",
            " \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">", "<node>",
        ]
        for interface in interfaces { lines += interface.lines }
        lines += children.map { "  <node name=\"\($0)\"/>" }
        return (lines + ["</node>", ""]).joined(separator: "\n")
    }
}

extension BusInterface {
    fileprivate var lines: [String] {
        let members = methods.flatMap(\.lines) + signals.flatMap(\.lines) + properties.flatMap(\.lines)
        return ["  <interface name=\"\(name)\">"] + members + ["  </interface>"]
    }
}

extension BusMethod {
    fileprivate var lines: [String] {
        let arguments = inputs.map { $0.line(direction: "in") } + outputs.map { $0.line(direction: "out") }
        return element("method", name, arguments)
    }
}

extension BusSignal {
    fileprivate var lines: [String] { element("signal", name, arguments.map { $0.line(direction: nil) }) }
}

extension BusProperty {
    fileprivate var lines: [String] {
        let access = set == nil ? "read" : "readwrite"
        let opening = "    <property name=\"\(name)\" type=\"\(type.text)\" access=\"\(access)\""
        guard change != .carriesValue else { return [opening + "/>"] }
        let annotation = "org.freedesktop.DBus.Property.EmitsChangedSignal"
        return [
            opening + ">", "      <annotation name=\"\(annotation)\" value=\"\(change.rawValue)\"/>", "    </property>",
        ]
    }
}

extension BusArgument {
    fileprivate func line(direction: String?) -> String {
        let direction = direction.map { " direction=\"\($0)\"" } ?? ""
        return "      <arg name=\"\(name)\" type=\"\(type.text)\"\(direction)/>"
    }
}

private func element(_ tag: String, _ name: BusMemberName, _ lines: [String]) -> [String] {
    guard !lines.isEmpty else { return ["    <\(tag) name=\"\(name)\"/>"] }
    return ["    <\(tag) name=\"\(name)\">"] + lines + ["    </\(tag)>"]
}
