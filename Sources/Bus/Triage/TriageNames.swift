/// The names of the service, its objects and interfaces.
package enum TriageNames {
    package static let service = BusName(literal: "org.lungtriage.Triage1")
    package static let root = BusObjectPath(literal: "/org/lungtriage/Triage1")
    package static let jobs = BusObjectPath(literal: "/org/lungtriage/Triage1/job")
    static let managerText: StaticString = "org.lungtriage.Triage1.Manager"
    static let jobText: StaticString = "org.lungtriage.Triage1.Job"
    package static let manager = BusInterfaceName(literal: managerText)
    package static let job = BusInterfaceName(literal: jobText)

    /// The object of a job. An id's characters other than letters and digits are written as `_` and two hexadecimal
    /// digits, as systemd does.
    package static func path(ofJob id: String) -> BusObjectPath {
        let escaped = id.utf8.map { byte -> String in
            let character = Character(UnicodeScalar(byte))
            if byte < 128, character.isLetter || character.isNumber { return String(character) }
            return "_" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        // An escaped id is always a part of a path; the empty one is written as systemd does.
        return (try? jobs.appending(escaped.isEmpty ? "_" : escaped.joined())) ?? jobs
    }

    /// The id of the job at `path`; nil: that is no job's path.
    package static func id(ofJobAt path: BusObjectPath) -> String? {
        path.name(under: jobs).flatMap(id(ofJobNamed:))
    }

    static func id(ofJobNamed name: String) -> String? {
        guard name != "_" else { return nil }
        var bytes: [UInt8] = []
        var rest = Substring(name)
        while let character = rest.popFirst() {
            guard character == "_" else {
                bytes += character.utf8
                continue
            }
            guard let byte = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
