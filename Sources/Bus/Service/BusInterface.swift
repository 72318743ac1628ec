/// A named argument or result.
package struct BusArgument: Hashable, Sendable {
    package let name: String
    package let type: BusType

    package init(_ name: String, _ type: BusType) {
        self.name = name
        self.type = type
    }
}

/// A call as a handler sees it. The arguments are of the types that the method takes.
package struct BusCall: Sendable {
    package let header: BusCallHeader
    package let arguments: [BusValue]
    /// The connection that the call came by.
    package let connection: BusConnection

    /// The argument at `index`. Throws ``BusError/Code/invalidArguments`` when the method has none there.
    package func argument<Value>(_ index: Int, _ read: (BusValue) -> Value?) throws(BusError) -> Value {
        guard arguments.indices.contains(index), let value = read(arguments[index]) else {
            throw BusError(.invalidArguments, "Argument \(index + 1) of \(header.member) is not of its type.")
        }
        return value
    }
}

package struct BusMethod: Sendable {
    /// Gives the results, of the types that the method says. An error that is no ``BusError`` is sent as `Failed`.
    package typealias Handler = @Sendable (BusCall) async throws -> [BusValue]

    package let name: BusMemberName
    package let inputs: [BusArgument]
    package let outputs: [BusArgument]
    let handler: Handler

    package init(
        _ name: StaticString, _ inputs: [BusArgument] = [], returns outputs: [BusArgument] = [],
        handler: @escaping Handler
    ) {
        self.name = BusMemberName(literal: name)
        self.inputs = inputs
        self.outputs = outputs
        self.handler = handler
    }

    var route: BusRoute {
        BusRoute(
            inputs: BusSignature(checked: inputs.map(\.type)), outputs: BusSignature(checked: outputs.map(\.type)),
            handler: handler)
    }
}

package struct BusProperty: Sendable {
    /// What `PropertiesChanged` says of a property.
    package enum Change: String, Hashable, Sendable {
        /// It carries the new value.
        case carriesValue = "true"
        /// It names the property only.
        case invalidates
        /// It never changes while the object is there.
        case constant = "const"
        /// It changes silently.
        case silent = "false"
    }

    package typealias Getter = @Sendable () async throws -> BusValue
    package typealias Setter = @Sendable (BusValue, BusCall) async throws -> Void

    package let name: BusMemberName
    package let type: BusType
    package let change: Change
    let get: Getter
    /// nil: read only
    let set: Setter?

    package init(
        _ name: StaticString, _ type: BusType, change: Change = .carriesValue, get: @escaping Getter,
        set: Setter? = nil
    ) {
        self.name = BusMemberName(literal: name)
        self.type = type
        self.change = change
        self.get = get
        self.set = set
    }
}

package struct BusSignal: Sendable {
    package let name: BusMemberName
    package let arguments: [BusArgument]

    package init(_ name: StaticString, _ arguments: [BusArgument] = []) {
        self.name = BusMemberName(literal: name)
        self.arguments = arguments
    }
}

/// What an object offers under one name.
package struct BusInterface: Sendable {
    package let name: BusInterfaceName
    package let methods: [BusMethod]
    package let properties: [BusProperty]
    package let signals: [BusSignal]

    package init(
        _ name: StaticString, methods: [BusMethod] = [], properties: [BusProperty] = [], signals: [BusSignal] = []
    ) {
        self.name = BusInterfaceName(literal: name)
        self.methods = methods
        self.properties = properties
        self.signals = signals
    }

    /// The values of all properties. Throws what a getter throws.
    func values() async throws -> BusValue {
        var entries: [BusEntry] = []
        for property in properties {
            entries.append(BusEntry(.string(property.name.text), .variant(try await property.get())))
        }
        return .dictionary(key: .string, value: .variant, entries)
    }
}

/// An object and its interfaces. The standard ones are added by the tree.
package struct BusObject: Sendable {
    package let path: BusObjectPath
    package let interfaces: [BusInterface]
    /// Offers `ObjectManager` for the objects below.
    package let managesObjects: Bool

    package init(_ path: BusObjectPath, managesObjects: Bool = false, _ interfaces: [BusInterface]) {
        self.path = path
        self.managesObjects = managesObjects
        self.interfaces = interfaces
    }
}

/// Objects that are made when they are asked for.
package struct BusSubtree: Sendable {
    /// The parent of all of them.
    package let root: BusObjectPath
    /// The object of a name below the root, whether it is listed or not; nil: none. Asked on the bus thread: must not
    /// wait.
    let object: @Sendable (_ name: String) -> BusObject?
    /// The names that `Introspect` and `GetManagedObjects` show.
    let listed: @Sendable () -> [String]

    package init(
        _ root: BusObjectPath, listed: @escaping @Sendable () -> [String],
        object: @escaping @Sendable (_ name: String) -> BusObject?
    ) {
        self.root = root
        self.listed = listed
        self.object = object
    }
}
