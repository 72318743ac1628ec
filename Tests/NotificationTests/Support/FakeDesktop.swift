import Bus
import BusTestSupport
import Synchronization
import TestDeadlines

/// A notification daemon that a test commands: it notes what it is asked, answers, refuses or is silent.
final class FakeDesktop: Sendable {
    enum Manner: Hashable, Sendable {
        case answers, refuses, silent
    }

    struct Notification: Hashable, Sendable {
        let id: UInt32
        let replaced: UInt32
        let icon: String
        let title: String
        let body: String
        let actions: [String]
        let hints: [String: BusValue]
        let timeout: Int32

        var urgency: UInt8? { if case .byte(let value)? = hints["urgency"] { value } else { nil } }
    }

    private struct State {
        var manner = Manner.answers
        var capabilities: [String]
        var questions = 0
        var attempts = 0
        var shown: [Notification] = []
        var lastID: UInt32
    }

    static let everything = ["actions", "body", "body-markup", "icon-static", "persistence"]
    private static let path = BusObjectPath(literal: "/org/freedesktop/Notifications")
    private static let interface = BusInterfaceName(literal: "org.freedesktop.Notifications")

    private let state: Mutex<State>
    private let running: Task<Void, Never>
    private let connector: BusConnector

    /// Returns when it owns the name. Numbers of notifications begin after `lastID`.
    init(on bus: PrivateBus, capabilities: [String] = FakeDesktop.everything, lastID: UInt32 = 0) async throws {
        state = Mutex(State(capabilities: capabilities, lastID: lastID))
        let tree = BusObjectTree(limits: RequestLimits())
        let connector = BusConnector(
            to: .address(bus.address), name: BusName(literal: "org.freedesktop.Notifications"), objects: tree,
            backOff: .init(first: .milliseconds(5), longest: .milliseconds(20)))
        self.connector = connector
        running = Task { try? await connector.run() }
        tree.add(BusObject(Self.path, [makeInterface()]))
        try await eventually("the desktop is on its bus") { (try? connector.connection()) != nil }
    }

    deinit { running.cancel() }

    /// Returns when it is gone from the bus.
    func stop() async {
        running.cancel()
        await running.value
    }

    var shown: [Notification] { state.withLock { $0.shown } }
    var titles: [String] { shown.map(\.title) }
    /// How often it was asked for its capabilities.
    var questions: Int { state.withLock { $0.questions } }
    /// How often it was asked to show something.
    var attempts: Int { state.withLock { $0.attempts } }

    func become(_ manner: Manner) { state.withLock { $0.manner = manner } }

    func click(_ id: UInt32, action: String = "default", token: String? = nil) throws {
        if let token { try emit("ActivationToken", [.uint32(id), .string(token)]) }
        try emit("ActionInvoked", [.uint32(id), .string(action)])
    }

    func close(_ id: UInt32) throws { try emit("NotificationClosed", [.uint32(id), .uint32(2)]) }

    func emit(_ member: StaticString, _ body: [BusValue]) throws {
        try connector.connection().emit(.signal(Self.path, Self.interface, BusMemberName(literal: member), body))
    }

    private func answer() async throws {
        switch state.withLock({ $0.manner }) {
        case .answers: return
        case .refuses: throw BusError(.failed, "No.", name: "org.example.Refused")
        case .silent: try await Task.sleep(for: .seconds(3600))
        }
    }

    private func makeInterface() -> BusInterface {
        let hint = BusArgument("hints", .details)
        return BusInterface(
            "org.freedesktop.Notifications",
            methods: [
                BusMethod("GetCapabilities", returns: [BusArgument("names", .array(.string))]) { [weak self] _ in
                    guard let self else { throw BusError(.failed, "gone") }
                    state.withLock { $0.questions += 1 }
                    try await answer()
                    return [.strings(state.withLock { $0.capabilities })]
                },
                BusMethod(
                    "Notify",
                    [
                        BusArgument("app", .string), BusArgument("replaces", .uint32), BusArgument("icon", .string),
                        BusArgument("title", .string), BusArgument("body", .string),
                        BusArgument("actions", .array(.string)), hint, BusArgument("timeout", .int32),
                    ], returns: [BusArgument("id", .uint32)]
                ) { [weak self] call in
                    guard let self else { throw BusError(.failed, "gone") }
                    state.withLock { $0.attempts += 1 }
                    try await answer()
                    return [.uint32(note(call.arguments))]
                },
            ])
    }

    private func note(_ body: [BusValue]) -> UInt32 {
        state.withLock { state in
            let replaced = UInt32(body[1].unsignedValue ?? 0)
            if replaced == 0 { state.lastID += 1 }
            let id = replaced == 0 ? state.lastID : replaced
            let timeout: Int32 = if case .int32(let value) = body[7] { value } else { 0 }
            state.shown.append(
                Notification(
                    id: id, replaced: replaced, icon: body[2].stringValue ?? "", title: body[3].stringValue ?? "",
                    body: body[4].stringValue ?? "", actions: body[5].stringValues ?? [],
                    hints: body[6].detailValues ?? [:], timeout: timeout))
            return id
        }
    }
}
