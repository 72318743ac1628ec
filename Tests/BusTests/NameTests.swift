import Bus
import CDBus
import Testing

/// The checks that keep libdbus from ending the process, against libdbus's own.
@Suite struct NameTests {
    @Test func `names and signatures are what libdbus allows`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let text = random.text(from: "ab_9-./:Ä", atMost: 12)
            #expect(
                accepts { try BusObjectPath(text) } == (dbus_validate_path(text, nil) != 0), "\(text), seed \(seed)")
            // Unique names come from the bus only; libdbus also takes some, like “:”, that the specification does not.
            let isName = dbus_validate_bus_name(text, nil) != 0
            let isOurs = accepts { try BusName(text) }
            #expect(text.hasPrefix(":") ? isName || !isOurs : isOurs == isName, "\(text), seed \(seed)")
            let isInterface = dbus_validate_interface(text, nil) != 0
            #expect(accepts { try BusInterfaceName(text) } == isInterface, "\(text), seed \(seed)")
            #expect(
                accepts { try BusMemberName(text) } == (dbus_validate_member(text, nil) != 0), "\(text), seed \(seed)")
            let signature = random.text(from: "aa(){}sivybe", atMost: 9)
            let isSignature = dbus_signature_validate(signature, nil) != 0
            #expect(accepts { try BusSignature(signature) } == isSignature, "\(signature), seed \(seed)")
        }
    }

    @Test(arguments: [255, 256])
    func `length limits are those of D-Bus`(count: Int) {
        let name = "a." + String(repeating: "b", count: count - 2)
        #expect(accepts { try BusName(name) } == (dbus_validate_bus_name(name, nil) != 0))
        #expect(accepts { try BusInterfaceName(name) } == (dbus_validate_interface(name, nil) != 0))
        let member = String(repeating: "b", count: count)
        #expect(accepts { try BusMemberName(member) } == (dbus_validate_member(member, nil) != 0))
        #expect(accepts { try BusSignature(String(repeating: "y", count: count)) } == (count <= 255))
    }

    @Test(arguments: [31, 32, 33])
    func `depth limits are those of D-Bus`(depth: Int) {
        let texts = [
            String(repeating: "a", count: depth) + "s",
            String(repeating: "(", count: depth) + "s" + String(repeating: ")", count: depth),
            String(repeating: "a{s", count: depth) + "s" + String(repeating: "}", count: depth),
        ]
        for text in texts {
            #expect(accepts { try BusSignature(text) } == (dbus_signature_validate(text, nil) != 0), "\(text)")
        }
    }

    @Test func `a job's id survives its object path`() throws {
        for id in ["42", "a_b-c", "Grüße/../x", "", "0"] {
            let path = TriageNames.path(ofJob: id)
            #expect(dbus_validate_path(path.text, nil) != 0)
            #expect(TriageNames.id(ofJobAt: path) == (id.isEmpty ? nil : id))
        }
        #expect(TriageNames.id(ofJobAt: TriageNames.root) == nil)
    }

    private func accepts<Value>(_ make: () throws -> Value) -> Bool { (try? make()) != nil }
}

/// SplitMix64
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func text(from alphabet: String, atMost count: Int) -> String {
        let characters = Array(alphabet)
        return String(
            (0..<Int.random(in: 0...count, using: &self)).map { _ in
                characters[Int.random(in: 0..<characters.count, using: &self)]
            })
    }
}
