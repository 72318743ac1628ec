import Bus
import BusTestSupport
import Synchronization

/// A small service that the tests call.
final class EchoService: Sendable {
    static let path = BusObjectPath(literal: "/org/example/Echo")
    static let interface = BusInterfaceName(literal: "org.example.Echo")

    let tree: BusObjectTree
    let connection: BusConnection
    /// `Wait` answers when this is opened.
    let gate = Gate()
    private let serving: Task<Void, Never>

    var name: BusName { get throws { try BusName(connection.uniqueName) } }

    init(on bus: PrivateBus, limits: RequestLimits = RequestLimits(perSender: 4000, total: 8000)) async throws {
        let tree = BusObjectTree(limits: limits)
        tree.add(BusObject(Self.path, [Self.makeInterface(gate)]))
        let connection = try await BusConnection.connect(to: .address(bus.address), objects: tree)
        self.tree = tree
        self.connection = connection
        serving = Task { await connection.serve() }
        // The first answer proves that the service answers.
        let probe = try await BusConnection.connect(to: .address(bus.address))
        while (try? await probe.call(
            .call(
                BusName(connection.uniqueName), Self.path, Self.interface, Self.add,
                [
                    .int32(1), .int32(2),
                ]))) == nil
        { await Task.yield() }
        probe.close()
    }

    deinit {
        gate.open()
        serving.cancel()
        connection.close()
    }

    static let add = BusMemberName(literal: "Add")

    func message(_ member: StaticString, _ body: [BusValue] = []) throws -> BusMessage {
        .call(try name, Self.path, Self.interface, BusMemberName(literal: member), body)
    }

    private static func makeInterface(_ gate: Gate) -> BusInterface {
        let level = Mutex(0.5)
        let box = LevelBox(level)
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
    let level: Mutex<Double>
    init(_ level: consuming Mutex<Double>) { self.level = level }
}

/// Lets tasks wait until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrivals: [(Int, CheckedContinuation<Void, Never>)] = []
        var arrived = 0
    }

    private let state = Mutex(State())

    func wait() async {
        await withCheckedContinuation { continuation in
            let (isOpen, told) = state.withLock { state in
                state.arrived += 1
                let told = state.arrivals.filter { $0.0 <= state.arrived }.map(\.1)
                state.arrivals.removeAll { $0.0 <= state.arrived }
                if !state.isOpen { state.waiting.append(continuation) }
                return (state.isOpen, told)
            }
            for arrival in told { arrival.resume() }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when `count` tasks have come.
    func arrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrived < count { state.arrivals.append((count, continuation)) }
                return state.arrived >= count
            }
            if isThere { continuation.resume() }
        }
    }
}

/// Runs `body` and gives the code of the ``BusError`` that it throws; nil: none.
func errorCode(_ body: () async throws -> Void) async -> BusError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? BusError)?.code
    }
}
