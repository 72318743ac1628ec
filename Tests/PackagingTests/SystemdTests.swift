import CConfinement
import Foundation
import Testing

/// The units as systemd reads them. The tests of a booted system are `Scripts/test-package`.
@Suite(.enabled(if: SystemdAnalyze.isAvailable, "systemd-analyze is not installed")) struct SystemdTests {
    @Test(arguments: [(false, 0.6), (true, 1.0)])
    func exposureStaysLow(withGPU: Bool, limit: Double) throws {
        let units = try UnitFolder()
        try units.add("systemd/lungtriaged.service")
        if withGPU { try units.add("systemd/lungtriaged-nvidia.conf", as: "lungtriaged.service.d/nvidia.conf") }
        let report = try SystemdAnalyze.run(
            ["security", "--offline=yes", "--no-pager", units.path + "/lungtriaged.service"], in: units)
        let line = report.output.split(separator: "\n").first { $0.contains("Overall exposure level") }
        let figure = line?.split(separator: ":").last?.split(separator: " ").first.flatMap { Double($0) }
        let exposure = try #require(figure, "no figure in: \(report.output) \(report.errors)")
        #expect(exposure <= limit, "\(report.output)")
    }

    /// Keys that systemd does not know, values that it cannot read, units that are not there.
    @Test(arguments: ["systemd/lungtriaged.service", "systemd/user/lungtriage-notify.service"])
    func systemdFindsNothingWrong(unit: String) throws {
        let units = try UnitFolder()
        try units.add(unit)
        if unit.hasSuffix("lungtriaged.service") {
            try units.add("systemd/lungtriaged-nvidia.conf", as: "lungtriaged.service.d/nvidia.conf")
        }
        // The programs are not installed here.
        try units.rewrite { $0.replacing(#/=/usr/bin/lungtriage[a-z-]*/#, with: "=/bin/true") }
        let name = unit.split(separator: "/").last.map(String.init) ?? unit
        let report = try SystemdAnalyze.run(
            ["verify", "--man=no", unit.contains("/user/") ? "--user" : "--system", units.path + "/" + name], in: units)
        #expect(report.status == 0 && !report.errors.contains(units.path), "\(report.errors)")
        #expect(!report.errors.contains("lungtriage"), "\(report.errors)")
    }
}

/// What the unit's drop-in opens for GPUs, and what workers leave open of it.
@Suite struct GPUDropInTests {
    private func values(_ key: String) throws -> [String] {
        try String(contentsOf: Repository.root.appending(path: "systemd/lungtriaged-nvidia.conf"), encoding: .utf8)
            .split(separator: "\n").filter { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    /// Workers open the folder of CUDA_CACHE_PATH to themselves, where it is there.
    @Test func kernelsAreKeptWhereTheUnitMayWrite() throws {
        let folder = try #require(try values("CacheDirectory").first)
        #expect(try values("Environment").contains("CUDA_CACHE_PATH=/var/cache/" + folder))
    }

    @Test func theWorkersFilterAllowsTheCallsThatTheUnitAdds() throws {
        func isAllowed(_ name: String) -> Bool {
            (Int32(0)..<1024).contains { number in
                lungtriage_system_call_name(number).map { String(cString: $0) } == name
                    && lungtriage_filter_allows(number) != 0
            }
        }
        let calls = try values("SystemCallFilter").flatMap { $0.split(separator: " ").map(String.init) }
        #expect(!calls.isEmpty)
        for call in calls { #expect(isAllowed(call), "\(call)") }
        #expect(!isAllowed("ptrace"))
    }
}

enum SystemdAnalyze {
    static let isAvailable = FileManager.default.isExecutableFile(atPath: path)
    private static let path = "/usr/bin/systemd-analyze"

    static func run(_ arguments: [String], in units: UnitFolder) throws -> ProgramReport {
        // The colon at the end stands for systemd's own folders.
        try ProgramReport(
            path, arguments, environment: ["SYSTEMD_UNIT_PATH": units.path + ":", "XDG_RUNTIME_DIR": "/tmp"])
    }
}

/// Units in a folder of their own, removed with the test.
final class UnitFolder {
    private let folder: URL
    var path: String { folder.path }

    init() throws {
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "lungtriage-units-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func add(_ file: String, as name: String? = nil) throws {
        let source = Repository.root.appending(path: file)
        let place = folder.appending(path: name ?? source.lastPathComponent)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: source, to: place)
    }

    func rewrite(_ change: (String) -> String) throws {
        for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            ?? .init()
        where ["service", "conf"].contains(file.pathExtension) {
            try change(try String(contentsOf: file, encoding: .utf8)).write(to: file, atomically: true, encoding: .utf8)
        }
    }
}
