import Bus
import BusTestSupport
import Foundation
import Testing

@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct ConnectionTests {
    @Test func `a taken name is a typed error and stays with its owner`() async throws {
        let bus = try PrivateBus()
        let name = BusName(literal: "org.example.Taken")
        let first = try await BusConnection.connect(to: .address(bus.address))
        let second = try await BusConnection.connect(to: .address(bus.address))
        try await first.requestName(name)
        try await first.requestName(name)
        #expect(await errorCode { try await second.requestName(name) } == .nameTaken)
        #expect(try await second.owner(of: name) == first.uniqueName)
        try await first.releaseName(name)
        #expect(try await second.owner(of: name) == nil)
        try await second.requestName(name)
    }

    @Test func `a name that the bus does not give is an error of access`() async throws {
        let bus = try PrivateBus(policy: "<deny own=\"org.example.Denied\"/>")
        let connection = try await BusConnection.connect(to: .address(bus.address))
        #expect(
            await errorCode { try await connection.requestName(BusName(literal: "org.example.Denied")) }
                == .accessDenied)
    }

    @Test func `bad addresses and absent buses are typed errors`() async {
        #expect(await errorCode { _ = try await BusConnection.connect(to: .address("")) } == .badAddress)
        #expect(await errorCode { _ = try await BusConnection.connect(to: .address("nonsense")) } == .cannotConnect)
        let absent = BusAddress.address("unix:path=/nonexistent/bus")
        #expect(await errorCode { _ = try await BusConnection.connect(to: absent) } == .cannotConnect)
    }

    @Test func `a call ends by its answer, its timeout, cancellation or the loss of the bus`() async throws {
        let bus = try PrivateBus()
        let service = try await EchoService(on: bus)
        let client = try await BusConnection.connect(to: .address(bus.address))
        let wait = try service.message("Wait")
        #expect(await errorCode { _ = try await client.call(wait, timeout: .milliseconds(30)) } == .timedOut)
        let cancelled = Task { await errorCode { _ = try await client.call(wait, timeout: nil) } }
        await service.gate.arrivals(2)
        cancelled.cancel()
        #expect(await cancelled.value == .cancelled)
        let lost = Task { await errorCode { _ = try await client.call(wait, timeout: nil) } }
        await service.gate.arrivals(3)
        bus.stop()
        #expect(await lost.value == .disconnected)
        #expect(await errorCode { _ = try await client.call(wait) } == .disconnected)
        for await reason in client.ended() { #expect(reason.code == .disconnected) }
    }

    @Test func `a task that is cancelled before it calls sends nothing`() async throws {
        let bus = try PrivateBus()
        let service = try await EchoService(on: bus)
        let client = try await BusConnection.connect(to: .address(bus.address))
        let add = try service.message("Add", [.int32(1), .int32(1)])
        let gate = Gate()
        let task = Task {
            await gate.wait()
            return await errorCode { _ = try await client.call(add) }
        }
        task.cancel()
        gate.open()
        #expect(await task.value == .cancelled)
        #expect(try await client.call(add) == [.int32(2)])
    }

    @Test func `nobody owns the name: unavailable`() async throws {
        let bus = try PrivateBus()
        let client = TriageClient(try await BusConnection.connect(to: .address(bus.address)))
        #expect(await errorCode { _ = try await client.status() } == .unavailable)
        #expect(try await !client.isServiceThere())
    }

    @Test func `1,000 calls at a time are all answered`() async throws {
        let bus = try PrivateBus()
        let service = try await EchoService(on: bus)
        let client = try await BusConnection.connect(to: .address(bus.address))
        let wait = try service.message("Wait")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { _ = try await client.call(wait) } }
            await service.gate.arrivals(1000)
            service.gate.open()
            try await group.waitForAll()
        }
        let sums = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<1000 as Range<Int32> {
                let add = try service.message("Add", [.int32(index), .int32(7)])
                group.addTask { try await client.call(add) == [.int32(index + 7)] }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(sums == 1000)
    }

    @Test func `signals reach who asked for them, in their order`() async throws {
        let bus = try PrivateBus()
        let sender = try await BusConnection.connect(to: .address(bus.address))
        let listener = try await BusConnection.connect(to: .address(bus.address))
        let path = BusObjectPath(literal: "/org/example/Echo/part")
        let said = BusMemberName(literal: "Said")
        let signals = try await listener.signals(
            BusMatchRule(
                sender: BusName(sender.uniqueName), interface: EchoService.interface, member: said,
                pathNamespace: EchoService.path))
        let other = BusObjectPath(literal: "/org/example/EchoElsewhere")
        for index in 0..<500 as Range<UInt32> {
            try sender.emit(.signal(other, EchoService.interface, said, [.uint32(9999)]))
            try sender.emit(.signal(path, EchoService.interface, said, [.uint32(index)]))
        }
        // Sent straight to the listener by somebody else: not from the sender that it asked for.
        let forger = try await BusConnection.connect(to: .address(bus.address))
        var forged = BusMessage.signal(path, EchoService.interface, said, [.uint32(6666)])
        forged.destination = try BusName(listener.uniqueName)
        try await forger.emitAndWait(forged)
        try await sender.emitAndWait(.signal(path, EchoService.interface, said, [.uint32(500)]))
        var expected: UInt32 = 0
        for await signal in signals {
            #expect(signal.body == [.uint32(expected)])
            if expected == 500 { break }
            expected += 1
        }
    }

    @Test func `a listener that does not take its signals loses the oldest`() async throws {
        let bus = try PrivateBus()
        let sender = try await BusConnection.connect(to: .address(bus.address))
        let said = BusMemberName(literal: "Said")
        let signals = try await sender.signals(
            BusMatchRule(interface: EchoService.interface, member: said), capacity: 10)
        for index in 0..<100 as Range<UInt32> {
            try sender.emit(.signal(EchoService.path, EchoService.interface, said, [.uint32(index)]))
        }
        // The bus sends a connection's own signals back before its answer to a later question.
        _ = try await sender.owner(of: EchoNames.any)
        var iterator = signals.makeAsyncIterator()
        #expect(await iterator.next()?.body == [.uint32(90)])
    }

    @Test func `a signal is sent when the bus has it, and an error when it is lost`() async throws {
        let bus = try PrivateBus()
        let sender = try await BusConnection.connect(to: .address(bus.address))
        let signal = BusMessage.signal(EchoService.path, EchoService.interface, BusMemberName(literal: "Said"))
        try await sender.emitAndWait(signal)
        bus.stop()
        #expect(await errorCode { try await sender.emitAndWait(signal) } == .disconnected)
    }
}

enum EchoNames { static let any = BusName(literal: "org.example.Any") }
