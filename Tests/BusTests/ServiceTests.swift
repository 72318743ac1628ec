import Bus
import BusTestSupport
import CDBus
import Foundation
import Testing

@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct ServiceTests {
    private let bus: PrivateBus
    private let service: EchoService
    private let client: BusConnection

    init() async throws {
        bus = try PrivateBus()
        service = try await EchoService(on: bus)
        client = try await BusConnection.connect(to: .address(bus.address))
    }

    private func call(
        _ path: StaticString, _ interface: StaticString?, _ member: StaticString, _ body: [BusValue] = []
    ) async throws -> [BusValue] {
        let kind = BusMessage.Kind.methodCall(
            path: BusObjectPath(literal: path), interface: interface.map { BusInterfaceName(literal: $0) },
            member: BusMemberName(literal: member))
        return try await client.call(BusMessage(kind, to: service.name, body))
    }

    private func code(
        _ path: StaticString, _ interface: StaticString?, _ member: StaticString, _ body: [BusValue] = []
    ) async -> BusError.Code? {
        await errorCode { _ = try await call(path, interface, member, body) }
    }

    @Test func `wrong calls get the standard errors`() async {
        let properties: StaticString = "org.freedesktop.DBus.Properties"
        #expect(await code("/nowhere", "org.example.Echo", "Add") == .unknownObject)
        #expect(await code("/org/example/Echo", "org.example.Other", "Add") == .unknownInterface)
        #expect(await code("/org/example/Echo", "org.example.Echo", "Subtract") == .unknownMethod)
        #expect(await code("/org/example/Echo", nil, "Subtract") == .unknownMethod)
        #expect(await code("/org/example/Echo", "org.example.Echo", "Add") == .invalidArguments)
        #expect(
            await code("/org/example/Echo", "org.example.Echo", "Add", [.int32(1), .uint32(2)]) == .invalidArguments)
        #expect(await code("/org/example/Echo", "org.example.Echo", "Lie") == .failed)
        #expect(
            await code("/org/example/Echo", properties, "Get", [.string("a.b"), .string("Level")]) == .unknownInterface)
        let level: [BusValue] = [.string("org.example.Echo"), .string("Level")]
        let fixed: [BusValue] = [.string("org.example.Echo"), .string("Fixed")]
        #expect(
            await code("/org/example/Echo", properties, "Get", [.string("org.example.Echo"), .string("X")])
                == .unknownProperty)
        #expect(
            await code("/org/example/Echo", properties, "Set", fixed + [.variant(.string("x"))]) == .propertyReadOnly)
        #expect(
            await code("/org/example/Echo", properties, "Set", level + [.variant(.string("x"))]) == .invalidArguments)
    }

    @Test func `an error's text arrives, with what cannot be sent replaced`() async throws {
        do {
            _ = try await client.call(service.message("Fail", [.string("Grüße 🫁")]))
            Issue.record("no error")
        } catch let error as BusError {
            #expect(error.code == .failed)
            #expect(error.message == "Grüße 🫁")
            #expect(error.name == "org.lungtriage.Triage1.Error.Failed")
        }
    }

    @Test func `properties are read and written`() async throws {
        let properties: StaticString = "org.freedesktop.DBus.Properties"
        let level: [BusValue] = [.string("org.example.Echo"), .string("Level")]
        _ = try await call("/org/example/Echo", properties, "Set", level + [.variant(.double(0.25))])
        #expect(try await call("/org/example/Echo", properties, "Get", level) == [.variant(.double(0.25))])
        let all = try await call("/org/example/Echo", properties, "GetAll", [.string("org.example.Echo")])
        #expect(all.first?.detailValues == ["Level": .double(0.25), "Fixed": .string("fixed")])
    }

    @Test func `every node above an object leads to it, and peers answer anywhere`() async throws {
        let introspectable: StaticString = "org.freedesktop.DBus.Introspectable"
        for (path, child) in [("/", "org"), ("/org", "example"), ("/org/example", "Echo")] as [(StaticString, String)] {
            let document = try await call(path, introspectable, "Introspect").first?.stringValue ?? ""
            #expect(document.contains("<node name=\"\(child)\"/>"), "\(document)")
        }
        #expect(try await call("/anywhere", "org.freedesktop.DBus.Peer", "Ping") == [])
        #expect(await code("/anywhere", introspectable, "Introspect") == .unknownObject)
        #expect(try await call("/", nil, "Ping") == [])
    }

    @Test func `huge arguments are taken, or refused with a typed error`() async throws {
        let megabyte = String(repeating: "x", count: 1 << 20)
        #expect(try await client.call(service.message("Length", [.string(megabyte)])) == [.uint32(1 << 20)])
        let many = BusValue.array(of: .int32, (0..<100_000).map { .int32($0) })
        #expect(try await client.call(service.message("Echo", [.variant(many)])) == [.variant(many)])
        #expect(await errorCode { _ = try await client.call(service.message("Length", [many])) } == .invalidArguments)
    }

    @Test func `more than this side takes is refused, and the connection stays`() async throws {
        let raw = try RawClient(bus.address)
        let serial = try raw.send(to: service.name.text, numbers: BusLimits.values + 1)
        #expect(try raw.errorName(answering: serial) == "org.freedesktop.DBus.Error.LimitsExceeded")
        #expect(try await client.call(service.message("Add", [.int32(1), .int32(2)])) == [.int32(3)])
    }

    @Test func `one caller may have so many calls in progress, and others are served`() async throws {
        let limited = try await EchoService(on: bus, limits: RequestLimits(perSender: 8, total: 12))
        let wait = try limited.message("Wait")
        let other = try await BusConnection.connect(to: .address(bus.address))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await client.call(wait) } }
            await limited.gate.arrivals(8)
            #expect(await errorCode { _ = try await client.call(wait) } == .limitsExceeded)
            #expect(try await other.call(limited.message("Add", [.int32(1), .int32(2)])) == [.int32(3)])
            for _ in 0..<4 { group.addTask { _ = try await other.call(wait) } }
            await limited.gate.arrivals(12)
            #expect(await errorCode { _ = try await other.call(wait) } == .limitsExceeded)
            limited.gate.open()
            try await group.waitForAll()
        }
        #expect(try await client.call(limited.message("Add", [.int32(1), .int32(2)])) == [.int32(3)])
    }

    @Test func `a client that never reads keeps nobody waiting`() async throws {
        let raw = try RawClient(bus.address)
        // 10 MB of answers: far more than sockets hold. Whoever asks next waits for this work, but not for that client.
        try raw.flood(service.name.text, count: 100, bytes: 100_000)
        #expect(try await client.call(service.message("Add", [.int32(1), .int32(2)])) == [.int32(3)])
        for index in 0..<200 as Range<Int32> {
            let add = try service.message("Add", [.int32(index), .int32(1)])
            #expect(try await client.call(add, timeout: .seconds(5)) == [.int32(index + 1)])
        }
        raw.close()
        #expect(try await client.call(service.message("Add", [.int32(1), .int32(2)])) == [.int32(3)])
    }
}
