/// Why something on the bus failed, as a value for programs and a sentence for people.
package struct BusError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; stable across versions, for programs.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        // What this side finds out by itself.
        /// A bus, interface, member or error name, or an object path, that D-Bus does not allow.
        case invalidName
        case invalidSignature
        /// A value that cannot be sent: a NUL in a string, or not of the type that its container says.
        case invalidValue
        /// More bytes, elements or nesting than this side sends or takes.
        case tooLarge
        case badAddress
        /// Nothing answers at the address, or it refuses this user.
        case cannotConnect
        /// The connection was lost or closed.
        case disconnected
        case timedOut
        case cancelled
        /// Another process owns the name.
        case nameTaken
        case outOfMemory
        /// An answer that is not what the interface says.
        case badReply

        // The errors that every D-Bus service gives.
        case unknownObject
        case unknownInterface
        case unknownMethod
        case unknownProperty
        case propertyReadOnly
        case invalidArguments
        case limitsExceeded
        /// The bus does not let this user do it.
        case accessDenied
        case notSupported

        // The errors of `org.lungtriage.Triage1`.
        case notFound
        case invalidArgument
        case notAuthorized
        case busy
        case notCancelable
        case notRetryable
        /// Nobody owns the service's name, or the service cannot answer now.
        case unavailable
        case failed

        /// Another error of the other side; `name` says which.
        case remote
    }

    package let code: Code
    /// One sentence that a technician understands, with expected and actual values.
    package let message: String
    /// The lower-level reason.
    package let cause: String?
    /// The error's name on the bus, where it came from there.
    package let name: String?

    package init(_ code: Code, _ message: String, cause: String? = nil, name: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.name = name
    }

    package var description: String {
        message + (cause.map { " (\($0))" } ?? "") + " [\(name ?? code.rawValue)]"
    }
}

// MARK: - Names on the bus

extension BusError {
    static let standardPrefix = "org.freedesktop.DBus.Error."
    static let triagePrefix = "org.lungtriage.Triage1.Error."

    private static let standardNames: [Code: String] = [
        .disconnected: "Disconnected", .timedOut: "Timeout", .outOfMemory: "NoMemory", .unknownObject: "UnknownObject",
        .unknownInterface: "UnknownInterface", .unknownMethod: "UnknownMethod", .unknownProperty: "UnknownProperty",
        .propertyReadOnly: "PropertyReadOnly", .invalidArguments: "InvalidArgs", .limitsExceeded: "LimitsExceeded",
        .accessDenied: "AccessDenied", .notSupported: "NotSupported",
    ]
    private static let triageNames: [Code: String] = [
        .notFound: "NotFound", .invalidArgument: "InvalidArgument", .notAuthorized: "NotAuthorized", .busy: "Busy",
        .notCancelable: "NotCancelable", .notRetryable: "NotRetryable", .unavailable: "Unavailable", .failed: "Failed",
    ]
    /// Further names that mean the same.
    private static let synonyms: [String: Code] = [
        "ServiceUnknown": .unavailable, "NameHasNoOwner": .unavailable, "NoReply": .timedOut, "TimedOut": .timedOut,
        "Failed": .remote,
    ]
    private static let codes: [String: Code] = {
        var codes: [String: Code] = [:]
        for (code, name) in standardNames { codes[standardPrefix + name] = code }
        for (code, name) in triageNames { codes[triagePrefix + name] = code }
        for (name, code) in synonyms { codes[standardPrefix + name] = code }
        return codes
    }()

    /// The name under which this error is sent as an answer.
    var nameOnBus: String {
        if let name { return name }
        if let name = Self.standardNames[code] { return Self.standardPrefix + name }
        if let name = Self.triageNames[code] { return Self.triagePrefix + name }
        return code == .tooLarge ? Self.standardPrefix + "LimitsExceeded" : Self.triagePrefix + "Failed"
    }

    /// An error that came from the bus.
    init(receivedName name: String, text: String?) {
        let message = text.flatMap { $0.isEmpty ? nil : $0 } ?? "The other side failed and gives no reason."
        self.init(Self.codes[name] ?? .remote, message, name: name)
    }
}
