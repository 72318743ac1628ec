import Bus
import Synchronization

/// A small service that the tests call.
package final class EchoService: Sendable {
    package static let path = BusObjectPath(literal: "/org/example/Echo")
    package static let wellKnownName = BusName(literal: "org.example.Echo")
    package static let interface = BusInterfaceName(literal: "org.example.Echo")

    package static let wideLimits = RequestLimits(
        perSender: 4000, total: 8000, argumentValues: BusLimits.values, argumentBytes: BusLimits.bytes)

    package let tree: BusObjectTree
    package let connection: BusConnection
    /// `Wait` answers when this is opened.
    package let gate = Gate()
    private let serving: Task<Void, Never>

    package var name: BusName { get throws { try BusName(connection.uniqueName) } }

    package init(on bus: PrivateBus, limits: RequestLimits = EchoService.wideLimits) async throws {
        let tree = Self.makeTree(gate, limits: limits)
        let connection = try await BusConnection.connect(to: .address(bus.address), objects: tree)
        self.tree = tree
        self.connection = connection
        let calls = connection.acceptCalls()
        serving = Task { await connection.serve(calls) }
    }

    deinit {
        gate.open()
        serving.cancel()
        connection.close()
    }

    package static let add = BusMemberName(literal: "Add")

    package func message(_ member: StaticString, _ body: [BusValue] = []) throws -> BusMessage {
        .call(try name, Self.path, Self.interface, BusMemberName(literal: member), body)
    }

    package static func makeTree(_ gate: Gate, limits: RequestLimits) -> BusObjectTree {
        let tree = BusObjectTree(limits: limits)
        tree.add(BusObject(path, [makeInterface(gate)]))
        return tree
    }

    private static func makeInterface(_ gate: Gate) -> BusInterface {
        let box = LevelBox()
        return BusInterface(
            "org.example.Echo",
            methods: [
                BusMethod("Echo", [BusArgument("value", .variant)], returns: [BusArgument("value", .variant)]) {
                    $0.arguments
                },
                BusMethod(
                    "Add", [BusArgument("a", .int32), BusArgument("b", .int32)], returns: [BusArgument("sum", .int32)]
                ) { call in
                    guard case .int32(let a) = call.arguments[0], case .int32(let b) = call.arguments[1] else {
                        throw BusError(.failed, "not reached")
                    }
                    return [.int32(a &+ b)]
                },
                BusMethod("Length", [BusArgument("text", .string)], returns: [BusArgument("bytes", .uint32)]) { call in
                    [.uint32(UInt32(call.arguments[0].stringValue?.utf8.count ?? 0))]
                },
                BusMethod("Wait") { _ in
                    await gate.wait()
                    return []
                },
                BusMethod("Fail", [BusArgument("text", .string)]) { call in
                    throw BusError(.failed, call.arguments[0].stringValue ?? "")
                },
                BusMethod("Lie", returns: [BusArgument("number", .int32)]) { _ in [.string("no number")] },
            ],
            properties: [
                BusProperty("Level", .double, get: { .double(box.level.withLock { $0 }) }) { value, _ in
                    box.level.withLock { $0 = value.doubleValue ?? 0 }
                },
                BusProperty("Fixed", .string, change: .constant) { .string("fixed") },
            ],
            signals: [BusSignal("Said", [BusArgument("text", .string)])])
    }
}

private final class LevelBox: Sendable {
    let level = Mutex(0.5)
}
