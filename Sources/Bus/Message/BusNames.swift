// Names as D-Bus allows them. libdbus ends the process when it is handed another one, so nothing reaches it unchecked.

/// The path of an object, like `/org/lungtriage/Triage1`.
package struct BusObjectPath: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    /// Throws ``BusError/Code/invalidName``.
    package init(_ text: String) throws(BusError) {
        self.text = text
        try check()
    }

    /// A path in the source code; checked when it is sent.
    package init(literal text: StaticString) { self.text = text.description }

    private init(known text: String) { self.text = text }

    func check() throws(BusError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isRoot = text == "/"
        guard isRoot || (parts.count > 1 && parts[0].isEmpty && parts.dropFirst().allSatisfy(isWord)) else {
            throw BusError(.invalidName, "“\(text.shown)” is not a D-Bus object path.")
        }
    }

    /// The path of a child. Throws ``BusError/Code/invalidName`` for a name with other than letters, digits and `_`.
    package func appending(_ name: String) throws(BusError) -> BusObjectPath {
        guard isWord(name.utf8[...]) else {
            throw BusError(.invalidName, "“\(name.shown)” cannot be part of a D-Bus object path.")
        }
        return BusObjectPath(known: text == "/" ? "/" + name : text + "/" + name)
    }

    /// The last part, when this is a direct child of `parent`.
    package func name(under parent: BusObjectPath) -> String? {
        let prefix = parent.text == "/" ? "/" : parent.text + "/"
        guard text.hasPrefix(prefix) else { return nil }
        let name = text.dropFirst(prefix.count)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }

    /// The first part below `parent`, when this lies anywhere below it.
    func branch(under parent: BusObjectPath) -> String? {
        let prefix = parent.text == "/" ? "/" : parent.text + "/"
        guard text.hasPrefix(prefix), text.count > prefix.count else { return nil }
        return text.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
    }
}

/// The name of a connection: unique (`:1.42`) or well known (`org.lungtriage.Triage1`).
package struct BusName: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    /// Throws ``BusError/Code/invalidName``.
    package init(_ text: String) throws(BusError) {
        self.text = text
        try check()
    }

    /// A name in the source code; checked when it is sent.
    package init(literal text: StaticString) { self.text = text.description }

    static let bus = BusName(literal: "org.freedesktop.DBus")

    package var isUnique: Bool { text.utf8.first == UInt8(ascii: ":") }

    func check() throws(BusError) {
        let parts = (isUnique ? text.utf8.dropFirst() : text.utf8[...])
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isAllowed = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: "-") }
                && (isUnique || !isDigit(part[part.startIndex]))
        }
        guard parts.count > 1, isAllowed, text.utf8.count <= 255 else {
            throw BusError(.invalidName, "“\(text.shown)” is not a D-Bus bus name.")
        }
    }
}

/// The name of an interface or of an error, like `org.lungtriage.Triage1.Manager`.
package struct BusInterfaceName: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    /// Throws ``BusError/Code/invalidName``.
    package init(_ text: String) throws(BusError) {
        self.text = text
        try check()
    }

    /// A name in the source code; checked when it is sent.
    package init(literal text: StaticString) { self.text = text.description }

    func check() throws(BusError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isAllowed = parts.allSatisfy { isWord($0) && !isDigit($0[$0.startIndex]) }
        guard parts.count > 1, isAllowed, text.utf8.count <= 255 else {
            throw BusError(.invalidName, "“\(text.shown)” is not a D-Bus interface or error name.")
        }
    }
}

/// The name of a method, signal or property.
package struct BusMemberName: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    /// Throws ``BusError/Code/invalidName``.
    package init(_ text: String) throws(BusError) {
        self.text = text
        try check()
    }

    /// A name in the source code; checked when it is sent.
    package init(literal text: StaticString) { self.text = text.description }

    func check() throws(BusError) {
        let bytes = text.utf8[...]
        guard isWord(bytes), !isDigit(bytes[bytes.startIndex]), bytes.count <= 255 else {
            throw BusError(.invalidName, "“\(text.shown)” is not a D-Bus member name.")
        }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

private func isWordByte(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || isDigit(byte) || byte == UInt8(ascii: "_")
}

private func isWord(_ bytes: Substring.UTF8View) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isWordByte) }

extension String {
    /// For a message to people: long text cut, no control characters.
    var shown: String {
        let printable = String(unicodeScalars.prefix(120).map { $0.value < 32 ? "\u{FFFD}" : Character($0) })
        return unicodeScalars.count > 120 ? printable + "…" : printable
    }
}
