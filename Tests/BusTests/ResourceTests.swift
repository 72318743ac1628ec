import Bus
import BusTestSupport
import Foundation
import TestDeadlines
import Testing

/// What a service costs, measured on a process of its own.
@Suite(
    .enabled(if: PrivateBus.isAvailable && EchoProcess.isBuilt, "dbus-daemon or bus-echo is missing"),
    .timeLimit(.minutes(2)))
struct ResourceTests {
    @Test func `20,000 calls leave no memory behind`() async throws {
        let bus = try PrivateBus()
        let process = try await EchoProcess(on: bus)
        let client = try await BusConnection.connect(to: .address(bus.address))
        let details = BusValue.variant(.details(["a": .string("text"), "b": .strings(["x", "y"])]))
        func calls(_ count: Int) async throws {
            for _ in 0..<count {
                _ = try await client.call(
                    .call(
                        EchoService.wellKnownName, EchoService.path, EchoService.interface,
                        BusMemberName(literal: "Echo"), [details]))
                _ = await errorCode {
                    _ = try await client.call(
                        .call(
                            EchoService.wellKnownName, EchoService.path, EchoService.interface,
                            BusMemberName(literal: "Echo"), []))
                }
            }
        }
        try await calls(2000)
        let before = try process.residentKilobytes
        try await calls(10_000)
        let growth = try process.residentKilobytes - before
        #expect(growth < 512, "\(growth) kB more than \(before) kB")
    }

    @Test func `an idle service does not wake up`() async throws {
        let bus = try PrivateBus()
        let process = try await EchoProcess(on: bus)
        #expect(try ThreadActivity(of: process.number).switches.keys.contains("lungtriage-bus"))
        try await ThreadActivity.waitForQuiet(of: process.number)
    }
}

/// The echo service as a process.
///
/// @unchecked: `Process` is started and ended by one task.
private final class EchoProcess: @unchecked Sendable {
    private let process = Process()

    private static let program: URL? = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let argument = CommandLine.arguments.first ?? ""
        return [own, argument, Bundle.main.bundlePath].map { URL(filePath: $0).deletingLastPathComponent() }
            .flatMap { [$0.appending(path: "bus-echo"), $0.deletingLastPathComponent().appending(path: "bus-echo")] }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()
    static var isBuilt: Bool { program != nil }

    /// Returns when the service has its name.
    init(on bus: PrivateBus) async throws {
        let listener = try await BusConnection.connect(to: .address(bus.address))
        let changes = try await listener.signals(
            BusMatchRule(
                interface: BusInterfaceName(literal: "org.freedesktop.DBus"),
                member: BusMemberName(literal: "NameOwnerChanged"), firstArgument: EchoService.wellKnownName.text))
        process.executableURL = Self.program
        process.arguments = [bus.address]
        try process.run()
        for await _ in changes { break }
        // An answer, so that all that happens at the start has happened.
        _ = try await listener.call(
            .call(
                EchoService.wellKnownName, EchoService.path, BusInterfaceName(literal: "org.freedesktop.DBus.Peer"),
                BusMemberName(literal: "Ping")))
    }

    deinit {
        process.terminate()
        process.waitForEnd()
    }

    var residentKilobytes: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            return Self.number("VmRSS:", status)
        }
    }

    var number: Int32 { process.processIdentifier }

    private static func number(_ key: String, _ text: String) -> Int {
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
