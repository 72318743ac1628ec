import CDBus

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The interfaces that every D-Bus object has.
enum StandardInterfaces {
    static let peerName = "org.freedesktop.DBus.Peer"
    static let propertiesName: StaticString = "org.freedesktop.DBus.Properties"
    static let objectManagerName: StaticString = "org.freedesktop.DBus.ObjectManager"
    /// `a{sa{sv}}`: interfaces and their properties.
    static let interfacesType = BusType.dictionary(key: .string, value: .details)

    static let peer = BusInterface(
        "org.freedesktop.DBus.Peer",
        methods: [
            BusMethod("Ping") { _ in [] },
            BusMethod("GetMachineId", returns: [BusArgument("machine_uuid", .string)]) { _ in [.string(try machineID())]
            },
        ])

    static func introspectable(_ object: BusObject, isObject: Bool, in tree: BusObjectTree) -> BusInterface {
        BusInterface(
            "org.freedesktop.DBus.Introspectable",
            methods: [
                BusMethod("Introspect", returns: [BusArgument("xml_data", .string)]) { _ in
                    let interfaces = tree.allInterfaces(of: object, isObject: isObject)
                    return [.string(IntrospectionDocument.text(interfaces, children: tree.children(of: object.path)))]
                }
            ])
    }

    static func properties(of object: BusObject) -> BusInterface {
        BusInterface(
            propertiesName,
            methods: [
                BusMethod(
                    "Get", [BusArgument("interface_name", .string), BusArgument("property_name", .string)],
                    returns: [BusArgument("value", .variant)]
                ) { call in [.variant(try await object.property(call).get())] },
                BusMethod(
                    "Set",
                    [
                        BusArgument("interface_name", .string), BusArgument("property_name", .string),
                        BusArgument("value", .variant),
                    ]
                ) { call in
                    try await object.setProperty(call)
                    return []
                },
                BusMethod(
                    "GetAll", [BusArgument("interface_name", .string)], returns: [BusArgument("properties", .details)]
                ) { call in [try await object.propertyValues(call)] },
            ],
            signals: [
                BusSignal(
                    "PropertiesChanged",
                    [
                        BusArgument("interface_name", .string), BusArgument("changed_properties", .details),
                        BusArgument("invalidated_properties", .array(.string)),
                    ])
            ])
    }

    static func objectManager(of path: BusObjectPath, in tree: BusObjectTree) -> BusInterface {
        let objects = BusType.dictionary(key: .objectPath, value: interfacesType)
        return BusInterface(
            objectManagerName,
            methods: [
                BusMethod(
                    "GetManagedObjects", returns: [BusArgument("objpath_interfaces_and_properties", objects)]
                ) { _ in
                    var entries: [BusEntry] = []
                    for object in tree.listedObjects(below: path) {
                        // An object that is gone since is no reason to show none.
                        guard let values = try? await object.interfaceValues() else { continue }
                        entries.append(BusEntry(.objectPath(object.path), values))
                    }
                    return [.dictionary(key: .objectPath, value: interfacesType, entries)]
                }
            ],
            signals: [
                BusSignal(
                    "InterfacesAdded",
                    [
                        BusArgument("object_path", .objectPath),
                        BusArgument("interfaces_and_properties", interfacesType),
                    ]),
                BusSignal(
                    "InterfacesRemoved",
                    [BusArgument("object_path", .objectPath), BusArgument("interfaces", .array(.string))]),
            ])
    }

    private static func machineID() throws(BusError) -> String {
        var error = DBusError()
        dbus_error_init(&error)
        defer { dbus_error_free(&error) }
        guard let text = dbus_try_get_local_machine_id(&error) else {
            throw BusError(.failed, "This machine has no id.", cause: error.message.map { String(cString: $0) })
        }
        defer { dbus_free(text) }
        return String(cString: text)
    }
}

// MARK: - Properties

extension BusObject {
    private func interface(_ call: BusCall) throws(BusError) -> BusInterface {
        let name = try call.argument(0, \.stringValue)
        guard let interface = interfaces.first(where: { $0.name.text == name }) else {
            throw BusError(.unknownInterface, "\(path) has no interface \(name.shown).")
        }
        return interface
    }

    fileprivate func property(_ call: BusCall) throws(BusError) -> BusProperty {
        let interface = try interface(call)
        let name = try call.argument(1, \.stringValue)
        guard let property = interface.properties.first(where: { $0.name.text == name }) else {
            throw BusError(.unknownProperty, "\(interface.name) has no property \(name.shown).")
        }
        return property
    }

    fileprivate func setProperty(_ call: BusCall) async throws {
        let property = try property(call)
        guard let set = property.set else {
            throw BusError(.propertyReadOnly, "The property \(property.name) can only be read.")
        }
        let value = try call.argument(2, { if case .variant(let value) = $0 { value } else { nil } })
        guard value.type == property.type else {
            throw BusError(
                .invalidArguments,
                "The property \(property.name) is of type “\(property.type.text)”, not “\(value.type.text)”.")
        }
        try await set(value, call)
    }

    fileprivate func propertyValues(_ call: BusCall) async throws -> BusValue {
        let name = try call.argument(0, \.stringValue)
        guard name.isEmpty else { return try await interface(call).values() }
        var entries: [BusEntry] = []
        for interface in interfaces {
            if case .dictionary(_, _, let values) = try await interface.values() { entries += values }
        }
        return .dictionary(key: .string, value: .variant, entries)
    }

    /// `a{sa{sv}}` of all interfaces.
    func interfaceValues() async throws -> BusValue {
        var entries: [BusEntry] = []
        for interface in interfaces {
            entries.append(BusEntry(.string(interface.name.text), try await interface.values()))
        }
        return .dictionary(key: .string, value: .details, entries)
    }
}

// MARK: - Signals

extension BusMessage {
    /// Says that an object came below the manager `root`.
    package static func interfacesAdded(_ object: BusObject, to root: BusObjectPath) async throws -> BusMessage {
        .signal(
            root, BusInterfaceName(literal: StandardInterfaces.objectManagerName),
            BusMemberName(literal: "InterfacesAdded"), [.objectPath(object.path), try await object.interfaceValues()])
    }

    /// Says that an object below the manager `root` is gone.
    package static func interfacesRemoved(_ object: BusObject, from root: BusObjectPath) -> BusMessage {
        .signal(
            root, BusInterfaceName(literal: StandardInterfaces.objectManagerName),
            BusMemberName(literal: "InterfacesRemoved"),
            [.objectPath(object.path), .strings(object.interfaces.map(\.name.text))])
    }

    /// Says that properties have new values.
    package static func propertiesChanged(
        _ path: BusObjectPath, _ interface: BusInterfaceName, _ values: [String: BusValue]
    ) -> BusMessage {
        .signal(
            path, BusInterfaceName(literal: StandardInterfaces.propertiesName),
            BusMemberName(literal: "PropertiesChanged"), [.string(interface.text), .details(values), .strings([])])
    }
}
