import Foundation
import Testing

/// What `make install` puts where, with the programs that were built beside these tests.
@Suite(
    .serialized,
    .enabled(if: Installation.lacking.isEmpty, "not installed: \(Installation.lacking.joined(separator: ", "))"))
struct InstallTests {
    @Test func whatIsInstalledNeedsNoBuildFolder() throws {
        let installation = try Installation()
        let programs = try installation.files().filter { $0.contains("/bin/") || $0.contains("/libexec/") }
        let libraries = try installation.files().filter {
            $0.hasPrefix("/usr/lib/lungtriage/plugins/") && $0.hasSuffix(".so")
        }
        #expect(programs.count >= 4 && libraries.count == 3)
        for file in programs + libraries {
            let path = try ProgramReport("/usr/bin/env", ["patchelf", "--print-rpath", installation.root + file]).output
            #expect(path.hasPrefix("$ORIGIN/") && !path.contains(":"), "\(file): \(path)")
            let needs = try ProgramReport("/usr/bin/env", ["ldd", installation.root + file]).output
            let swift = needs.split(separator: "\n").filter { $0.contains("libswift") || $0.contains("libFoundation") }
            #expect(
                !swift.isEmpty && swift.allSatisfy { $0.contains(installation.root + "/usr/") }, "\(file): \(needs)")
            #expect(!needs.contains("not found"), "\(file): \(needs)")
        }
    }

    @Test func whatIsInstalledWorks() throws {
        let installation = try Installation()
        let version = try ProgramReport(installation.root + "/usr/bin/lungtriaged", ["--version"])
        #expect(version.status == 0 && version.output.contains("."), "\(version)")
        let plugins = try ProgramReport(installation.root + "/usr/bin/lungtriage", ["plugins", "verify"])
        #expect(plugins.status == 0 && plugins.output.split(separator: "\n").count == 3, "\(plugins)")
        let unit = try String(
            contentsOfFile: installation.root + "/lib/systemd/system/lungtriaged.service", encoding: .utf8)
        #expect(unit.contains("ExecStart=/usr/bin/lungtriaged\n"))
    }

    @Test func anAdministratorsConfigurationIsKept() throws {
        let installation = try Installation()
        let file = installation.root + "/etc/lungtriage/lungtriaged.conf"
        try "[Intake]\nSettleSeconds=7\n".write(toFile: file, atomically: true, encoding: .utf8)
        try installation.make("install")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "[Intake]\nSettleSeconds=7\n")
        try installation.make("uninstall")
        #expect(try installation.files() == ["/etc/lungtriage/lungtriaged.conf"])
    }
}

/// The programs beside these tests, installed into a temporary folder.
final class Installation {
    let root: String

    static let lacking = ["make", "mandoc", "patchelf", "python3", "strip"].filter { !BuiltPrograms.has($0) }

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "install-\(UUID().uuidString)").path
        try make("install")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func make(_ goal: String) throws {
        try BuiltPrograms.make([goal, "DESTDIR=\(root)", "MAN=\(root).man", "COMPLETIONS=\(root).completions"])
        for folder in [root + ".man", root + ".completions"] { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Of everything in it, paths as they will be.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root).map { "/" + $0 }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
