import Foundation
import Testing

/// The manual's pages and the shells' completions, made from the programs that were built beside these tests.
@Suite(.enabled(if: Installation.lacking.isEmpty, "not installed: \(Installation.lacking.joined(separator: ", "))"))
struct ManualTests {
    private let pages: GeneratedPages

    init() throws { pages = try GeneratedPages() }

    @Test func everyOptionIsInTheManual() throws {
        for page in ["lungtriage.1", "lungtriage-lab.1", "lungtriage-worker.8", "lungtriaged.8"] {
            let text = try pages.text("man/" + page)
            let program = try BuiltPrograms.folder() + "/" + page.prefix { $0 != "." }
            let help = try ProgramReport(program, ["--experimental-dump-help"]).output
            let options = help.matches(of: #/"kind" : "long",\s*"name" : "([a-z-]+)"/#).map { String($0.1) }
            #expect(!options.isEmpty)
            // What only tests use is not described.
            for option in Set(options).subtracting(["worker", "worker-arguments"]) {
                #expect(text.contains("Fl \\-" + option.replacing("-", with: "\\-")), "\(page) lacks --\(option)")
            }
        }
    }

    @Test func everyKeyIsInTheManual() throws {
        let text = try pages.text("man/lungtriaged.conf.5")
        let keys = try Repository.text("etc/lungtriage/lungtriaged.conf").matches(of: #/\n#([A-Z]\w+)=/#)
        #expect(keys.count > 15)
        for key in keys { #expect(text.contains(".It Ic \(key.1)\n"), "\(key.1)") }
    }

    @Test func theManualIsWellFormed() throws {
        let names = try pages.names("man")
        #expect(names.count >= 5)
        for name in names {
            let report = try ProgramReport(
                "/usr/bin/env", ["mandoc", "-T", "lint", "-W", "warning", pages.folder + "/man/" + name])
            #expect(report.status == 0, "\(report.output)\(report.errors)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"].filter(BuiltPrograms.has))
    func completionsAreWellFormed(shell: String) throws {
        let names = try pages.names("completions").filter { $0.hasSuffix("." + shell) }
        #expect(names.count >= 3)
        for name in names {
            let report = try ProgramReport("/usr/bin/env", [shell, "-n", pages.folder + "/completions/" + name])
            #expect(report.status == 0 && report.errors.isEmpty, "\(name): \(report.errors)")
        }
    }
}

/// What `make man completions` writes.
private final class GeneratedPages {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)").path
        try BuiltPrograms.make(["man", "completions", "MAN=\(folder)/man", "COMPLETIONS=\(folder)/completions"])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func names(_ kind: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/" + kind).sorted()
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: folder + "/" + name, encoding: .utf8) }
}
