import Foundation
import Imaging
import Severity
import Testing

/// `severity.json` against its schema, by the check here and, where there is one, by Python's jsonschema.
@Suite struct SeverityJSONTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    static let schemaFile = folder.appending(path: "../../Sources/Severity/severity.schema.json").standardizedFileURL

    /// Every kind of document: all scores, none, and whatever is missing for a reason.
    static func documents() throws -> [String] {
        var documents: [SeverityScores] = []
        let hostile = QualityRemark("odd", .note, "\"\\\n\t\u{1}\u{7F}\u{2028}é🫁</script>", consequence: "☠")
        for slices in [1, 6] {
            let scan = try NotApplicableTests.scan(slices: slices)
            for isHounsfield in [true, false] {
                for arrangement in [SliceArrangement.volume, .unrelated] {
                    for isSpacingKnown in [true, false] {
                        let facts = ScanFacts(
                            isHounsfield: isHounsfield, slices: arrangement, isSpacingKnown: isSpacingKnown)
                        documents.append(try scan.scores(facts, remarks: [hostile]))
                        documents.append(try scan.scores(facts, binary: scan.lesions.map { $0 == 0 ? 0 : 1 }))
                    }
                }
            }
        }
        let noLung = try HandMadeScan(4, 4, 4, lungs: { _, _, _ in 0 })
        documents.append(try noLung.scores())
        documents.append(try noLung.scores(isBinary: true))
        documents.append(try HandMadeScan.twoLungs(slices: 6) { i, _, _ in i == 4 || i == 5 ? 0 : 1 }.scores())
        return documents.map(\.json)
    }

    @Test func documentsFollowTheSchema() throws {
        let schema = try JSONSchema(contentsOf: Self.schemaFile)
        for document in try Self.documents() {
            let failures = try schema.failures(Data(document.utf8))
            #expect(failures.isEmpty, "\(failures.sorted().prefix(5))")
        }
        // The check sees what is wrong.
        let remark = QualityRemark("odd", .note, "Odd.")
        let document = try NotApplicableTests.scan().scores(remarks: [remark]).json
        for (right, wrong) in [
            ("\"version\": 1", "\"version\": 2"), ("\"unit\": \"%\"", "\"unit\": \"ml\""),
            ("\"zoneScore\": {\"value\": ", "\"zoneScore\": {\"value\": 100"), ("\"slices\": {", "\"slice\": {"),
            ("\"weight\": \"note\"", "\"weight\": \"heavy\""), ("\"PO\": {\"value\": ", "\"PO\": {\"value\": -"),
        ] {
            let broken = document.replacing(right, with: wrong)
            #expect(broken != document)
            #expect(try !schema.failures(Data(broken.utf8)).isEmpty, "\(wrong) is let through")
        }
    }

    @Test func namesAndOrderAreTheContracts() throws {
        let scores = try NotApplicableTests.scan().scores()
        let keys = scores.json.matches(of: #/\n  "([^"]+)": /#).map { String($0.1) }
        #expect(
            keys == [
                "researchUse", "version", "triage_level", "PO", "PHO", "zoneScore", "reliability", "remarks", "lungs",
                "zones", "tissues", "slices", "agreement", "outsideLungMap", "definitions",
            ])
        #expect(scores.json.contains(#""researchUse": "Research use, not a medical device.""#))
        #expect(scores.json.contains(#""PO": {"value": 15.0, "unit": "%"}"#))
        #expect(scores.json == (try NotApplicableTests.scan().scores().json))
        let single = try NotApplicableTests.scan(slices: 1).scores()
        #expect(
            single.json.contains(
                #""PO": {"value": null, "unit": "%", "reason": "singleSlice", "message": "There is one slice, "#))
        #expect(single.json.contains(#""slice": 1, "lungArea""#) || single.json.contains("\"slice\": 1,\n"))
    }

    @Test func summariesAreReadBack() throws {
        let scan = try NotApplicableTests.scan()
        for facts in [ScanFacts(), ScanFacts(isHounsfield: false), ScanFacts(slices: .unrelated)] {
            let scores = try scan.scores(facts, remarks: [QualityRemark("odd", .warning, "Odd.")])
            #expect(try SeveritySummary(json: Data(scores.json.utf8)) == SeveritySummary(scores))
        }
        let document = try scan.scores().json
        for broken in [
            "", "{}", "[]", document.replacing("\"version\": 1", with: "\"version\": 2"),
            document.replacing("\"value\": \"mild\"", with: "\"value\": \"awful\""),
            document.replacing("\"value\": \"mild\"", with: "\"value\": null"),
        ] {
            let error = #expect(throws: ImagingError.self) { try SeveritySummary(json: Data(broken.utf8)) }
            #expect(error?.code == .unsupported)
        }
    }

    /// Nil when LUNGTRIAGE_PYTHON is not set or names a Python without jsonschema.
    private static let python: String? = {
        guard let python = ProcessInfo.processInfo.environment["LUNGTRIAGE_PYTHON"] else { return nil }
        return run(python, ["-c", "import jsonschema"])?.status == 0 ? python : nil
    }()

    private static func run(_ program: String, _ arguments: [String]) -> (status: Int32, output: String)? {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        guard (try? process.run()) != nil else { return nil }
        let text = (try? output.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    @Test(.enabled(if: python != nil, "set LUNGTRIAGE_PYTHON to a Python with jsonschema"))
    func jsonschemaAgrees() throws {
        let temporary = FileManager.default.temporaryDirectory.appending(path: "lungtriage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: temporary) }
        let files = try Self.documents().enumerated().map { index, document in
            let file = temporary.appending(path: "\(index).json")
            try Data(document.utf8).write(to: file)
            return file.path
        }
        let python = try #require(Self.python)
        let script = Self.folder.appending(path: "validate_severity.py").path
        let result = try #require(Self.run(python, [script, Self.schemaFile.path] + files))
        #expect(result.status == 0, "\(result.output)")
    }
}
