import Bus
import BusTestSupport
import Foundation
import Synchronization
import Testing

@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct AuthorizationTests {
    @Test func `the own user may, another may not`() async throws {
        let own = try await TriageStation(authorizer: SameUserAuthorizer())
        try await own.client.pause()
        let other = try await TriageStation(authorizer: SameUserAuthorizer(user: geteuid() &+ 1))
        // Root may everything.
        let expected: BusError.Code? = geteuid() == 0 ? nil : .notAuthorized
        #expect(await errorCode { try await other.client.pause() } == expected)
    }

    @Test func `without polkit the own user may`() async throws {
        let station = try await TriageStation(authorizer: PolkitAuthorizer())
        try await station.client.pause()
        #expect(await station.control.requests == ["pause"])
    }

    @Test(arguments: [true, false])
    func `polkit is asked for the action of each method`(isAllowed: Bool) async throws {
        let bus = try PrivateBus()
        let polkit = try await MockPolkit(on: bus, isAllowed: isAllowed)
        let station = try await TriageStation(authorizer: PolkitAuthorizer(), bus: bus)
        let client = station.client
        await station.control.add(TriageJob(id: "1", study: "s", arrived: 1))
        await station.control.add(TriageJob(id: "2", study: "s", state: .failed, arrived: 1))
        let expected: BusError.Code? = isAllowed ? nil : .notAuthorized
        #expect(await errorCode { _ = try await client.submit(path: "/a.nii", isInteractive: true) } == expected)
        #expect(await errorCode { try await client.cancel("1") } == expected)
        #expect(await errorCode { try await client.retry("2") } == expected)
        #expect(await errorCode { try await client.pause() } == expected)
        #expect(await errorCode { try await client.resume() } == expected)
        #expect(await errorCode { _ = try await client.reload() } == expected)
        let names = ["submit 1", "cancel 0", "submit 0", "manage 0", "manage 0", "manage 0"]
        #expect(polkit.questions == names.map { "org.lungtriage.\($0)" })
    }

    @Test func `a polkit that fails lets nobody`() async throws {
        let bus = try PrivateBus()
        let polkit = try await MockPolkit(on: bus, isAllowed: nil)
        let station = try await TriageStation(authorizer: PolkitAuthorizer(), bus: bus)
        #expect(await errorCode { try await station.client.pause() } == .notAuthorized)
        #expect(polkit.questions.count == 1)
    }
}

/// Answers as polkit does; nil: with an error.
private final class MockPolkit: Sendable {
    private let log = QuestionLog()
    private let connection: BusConnection
    private let serving: Task<Void, Never>

    var questions: [String] { log.questions.withLock { $0 } }

    init(on bus: PrivateBus, isAllowed: Bool?) async throws {
        let tree = BusObjectTree()
        let authority = BusInterface(
            "org.freedesktop.PolicyKit1.Authority",
            methods: [
                BusMethod(
                    "CheckAuthorization",
                    [
                        BusArgument("subject", .structure([.string, .details])), BusArgument("action_id", .string),
                        BusArgument("details", .dictionary(key: .string, value: .string)),
                        BusArgument("flags", .uint32),
                        BusArgument("cancellation_id", .string),
                    ],
                    returns: [
                        BusArgument(
                            "result", .structure([.boolean, .boolean, .dictionary(key: .string, value: .string)]))
                    ]
                ) { [log] call in
                    let action = call.arguments[1].stringValue ?? ""
                    let flags = call.arguments[3].unsignedValue ?? 9
                    log.questions.withLock { $0.append("\(action) \(flags)") }
                    let subject = call.arguments[0].fields ?? []
                    guard let isAllowed, subject.first == .string("system-bus-name"),
                        subject.last?.detailValues?["name"]?.stringValue?.hasPrefix(":") == true
                    else { throw BusError(.notSupported, "Broken.") }
                    return [
                        .structure([
                            .boolean(isAllowed), .boolean(false), .dictionary(key: .string, value: .string, []),
                        ])
                    ]
                }
            ])
        tree.add(BusObject(BusObjectPath(literal: "/org/freedesktop/PolicyKit1/Authority"), [authority]))
        let connection = try await BusConnection.connect(to: .address(bus.address), objects: tree)
        self.connection = connection
        let calls = connection.acceptCalls()
        serving = Task { await connection.serve(calls) }
        try await connection.requestName(BusName(literal: "org.freedesktop.PolicyKit1"))
    }

    deinit { serving.cancel() }
}

private final class QuestionLog: Sendable {
    let questions = Mutex<[String]>([])
}
