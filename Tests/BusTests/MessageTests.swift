import Bus
import BusTestSupport
import Foundation
import Testing

@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct MessageTests {
    @Test func `every type survives the way there and back`() async throws {
        let bus = try PrivateBus()
        let service = try await EchoService(on: bus)
        let client = try await BusConnection.connect(to: .address(bus.address))
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for round in 0..<400 {
            let value = random.value(of: random.type(depth: 4))
            let answer = try await client.call(service.message("Echo", [.variant(value)]))
            #expect(answer == [.variant(value)], "round \(round), seed \(seed)")
        }
    }

    @Test func `extreme values survive`() async throws {
        let bus = try PrivateBus()
        let service = try await EchoService(on: bus)
        let client = try await BusConnection.connect(to: .address(bus.address))
        let values: [BusValue] = [
            .int16(.min), .int32(.min), .int64(.min), .uint16(.max), .uint32(.max), .uint64(.max), .byte(255),
            .double(.infinity), .double(-0.0), .double(.leastNonzeroMagnitude), .string(""),
            .string("Ü\u{10FFFF}\u{FFFE}"),
            .bytes([]), .array(of: .details, []), .signature(.empty), .array(of: .array(.byte), [.bytes([1])]),
            .dictionary(key: .byte, value: .structure([.double]), []), .objectPath(BusObjectPath(literal: "/")),
        ]
        for value in values {
            #expect(try await client.call(service.message("Echo", [.variant(value)])) == [.variant(value)])
        }
        let answer = try await client.call(service.message("Echo", [.variant(.double(.nan))]))
        #expect(answer.first?.unwrapped.doubleValue?.isNaN == true)
    }

    @Test func `a file descriptor arrives as the same file`() async throws {
        let bus = try PrivateBus()
        let service = try await EchoService(on: bus)
        let client = try await BusConnection.connect(to: .address(bus.address))
        let pipe = Pipe()
        let sent = BusFileDescriptor(owning: dup(pipe.fileHandleForWriting.fileDescriptor))
        let answer = try await client.call(service.message("Echo", [.variant(.unixFD(sent))]))
        guard case .variant(.unixFD(let received)) = answer.first else {
            Issue.record("\(answer)")
            return
        }
        #expect(received.number != sent.number)
        #expect(write(received.number, "x", 1) == 1)
        #expect(try pipe.fileHandleForReading.read(upToCount: 1) == Data("x".utf8))
    }

    @Test func `what D-Bus does not allow is a typed error`() async throws {
        let bus = try PrivateBus()
        let service = try await EchoService(on: bus)
        let client = try await BusConnection.connect(to: .address(bus.address))
        var deep = BusValue.byte(1)
        for _ in 0..<60 { deep = .variant(deep) }
        let cases: [(BusValue, BusError.Code)] = [
            (.string("a\0b"), .invalidValue), (.structure([]), .invalidSignature),
            (.array(of: .string, [.byte(1)]), .invalidValue), (deep, .tooLarge),
            (.array(of: .structure([]), []), .invalidSignature),
            (.dictionary(key: .variant, value: .byte, []), .invalidSignature),
            (.string(String(repeating: "x", count: BusLimits.bytes)), .tooLarge),
            (.objectPath(BusObjectPath(literal: "no path")), .invalidName),
            (.array(of: .byte, [.string("")]), .invalidValue),
            (.array(of: .int32, Array(repeating: .int32(1), count: BusLimits.values)), .tooLarge),
        ]
        for (value, code) in cases {
            let error = await errorCode { _ = try await client.call(service.message("Echo", [.variant(value)])) }
            #expect(error == code, "\(value.type.text)")
        }
        let badMember = try service.message("No Member")
        #expect(await errorCode { _ = try await client.call(badMember) } == .invalidName)
        // Nothing of it harmed the connection.
        #expect(try await client.call(service.message("Add", [.int32(2), .int32(3)])) == [.int32(5)])
    }
}

extension SeededRandom {
    mutating func type(depth: Int) -> BusType {
        let basics: [BusType] = [
            .byte, .boolean, .int16, .uint16, .int32, .uint32, .int64, .uint64, .double, .string, .objectPath,
            .signature,
        ]
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &self) {
        case 6: return .array(type(depth: depth - 1))
        case 7: return .variant
        case 8: return .structure((0...Int.random(in: 0...3, using: &self)).map { _ in type(depth: depth - 1) })
        case 9: return .dictionary(key: basics[Int.random(in: 0..<12, using: &self)], value: type(depth: depth - 1))
        default: return basics[Int.random(in: 0..<12, using: &self)]
        }
    }

    mutating func value(of type: BusType) -> BusValue {
        switch type {
        case .byte: .byte(.random(in: .min ... .max, using: &self))
        case .boolean: .boolean(.random(using: &self))
        case .int16: .int16(.random(in: .min ... .max, using: &self))
        case .uint16: .uint16(.random(in: .min ... .max, using: &self))
        case .int32: .int32(.random(in: .min ... .max, using: &self))
        case .uint32: .uint32(.random(in: .min ... .max, using: &self))
        case .int64: .int64(.random(in: .min ... .max, using: &self))
        case .uint64: .uint64(.random(in: .min ... .max, using: &self))
        case .double: .double(.random(in: -1e9...1e9, using: &self))
        case .string: .string(text(from: "aé漢🫁 \n/", atMost: 20))
        case .objectPath: .objectPath(TriageNames.path(ofJob: text(from: "ab/é", atMost: 5)))
        case .signature: .signature((try? BusSignature([self.type(depth: 2)])) ?? .empty)
        case .unixFD: .byte(0)
        case .variant: .variant(value(of: self.type(depth: 1)))
        case .array(.byte): .bytes((0..<Int.random(in: 0...40, using: &self)).map { UInt8(truncatingIfNeeded: $0) })
        case .array(let element):
            .array(of: element, (0..<Int.random(in: 0...4, using: &self)).map { _ in value(of: element) })
        case .dictionary(let key, let element):
            .dictionary(
                key: key, value: element,
                (0..<Int.random(in: 0...4, using: &self)).map { _ in BusEntry(value(of: key), value(of: element)) })
        case .structure(let fields): .structure(fields.map { value(of: $0) })
        }
    }
}
