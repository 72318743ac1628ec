import Bus
import BusTestSupport
import Foundation
import Testing

/// The committed interface files are what the service says of itself.
@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct InterfaceFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../data/dbus-1/interfaces")

    @Test(arguments: [
        ("org.lungtriage.Triage1.Manager", TriageNames.root),
        ("org.lungtriage.Triage1.Job", TriageNames.path(ofJob: "1")),
    ])
    func `a file is equal to Introspect`(name: String, path: BusObjectPath) async throws {
        let station = try await TriageStation()
        let connection = try await BusConnection.connect(to: .address(station.bus.address))
        let answer = try await connection.call(
            .call(
                TriageNames.service, path, BusInterfaceName(literal: "org.freedesktop.DBus.Introspectable"),
                BusMemberName(literal: "Introspect")))
        let said = tags(try #require(answer.first?.stringValue))
        let interface = try #require(
            said.split(separator: "</interface>").first { $0.contains("<interface name=\(name)>") })
        let file = tags(try String(contentsOf: Self.folder.appending(path: name + ".xml"), encoding: .utf8))
        let written = try #require(file.split(separator: "</interface>").first).dropFirst()
        #expect(written.count > 20)
        #expect(Array(written) == Array(interface.drop { $0 != "<interface name=\(name)>" }))
    }

    /// The tags of a document, without comments and with their attributes sorted; `<a/>` as `<a></a>`.
    private func tags(_ document: String) -> [String] {
        var text = document
        for (opening, closing) in [("<!--", "-->"), ("<!DOCTYPE", ">")] {
            while let start = text.range(of: opening),
                let end = text.range(of: closing, range: start.upperBound..<text.endIndex)
            { text.removeSubrange(start.lowerBound..<end.upperBound) }
        }
        return text.split(separator: ">").flatMap { piece -> [String] in
            guard let start = piece.firstIndex(of: "<") else { return [] }
            let tag = piece[piece.index(after: start)...]
            let parts = tag.filter { $0 != "/" }.split(whereSeparator: \.isWhitespace).map(String.init)
            let attributes = parts.dropFirst().map { $0.replacing("\"", with: "") }.sorted()
            let name = parts.first ?? ""
            if tag.hasPrefix("/") { return ["</\(name)>"] }
            let opened = "<" + ([name] + attributes).joined(separator: " ") + ">"
            return tag.hasSuffix("/") ? [opened, "</\(name)>"] : [opened]
        }
    }
}
