import Analysis
import ArgumentParser
import Foundation
import ModelHost
import Platform
import Severity
import WorkerLink

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve studies over the socket that is descriptor 3, until it is closed.")

    @Option(help: "Threads; 0: one per processor.") var threads = 0
    @Option(help: "Ids of the plugins to use, with commas between them. Default: the first of each role.")
    var plugins: String?
    @Option(help: "Folder of installed plugins in place of the program's own.") var pluginFolder: String?
    @Option(help: "PO in % below which a study is none, and from which it is moderate, severe, critical.")
    var cutOffs: String?
    @Option(help: "Bytes of memory at most; 0: no limit.") var memory: UInt64 = 0

    func run() throws {
        WorkerLimits.apply(memory: memory)
        let link = DaemonLink(descriptor: WorkerProtocol.descriptor)
        let analyzer: StudyAnalyzer
        do {
            let (made, description) = try start(link)
            analyzer = made
            link.send(.ready(description))
        } catch {
            let failure = error as? AnalysisError
            link.send(
                .failed(
                    job: 0,
                    WorkerFailure(
                        code: "plugin", message: failure?.message ?? "The worker cannot start.",
                        detail: failure?.cause ?? "\(error)")))
            throw ExitCode(1)
        }
        let server = StudyServer(analyzer, link: link)
        while let request = link.nextRequest() { server.serve(request) }
    }

    private func start(_ link: DaemonLink) throws -> (StudyAnalyzer, WorkerDescription) {
        let catalog = PluginCatalog(pluginFolder.map { [.installed($0)] } ?? PluginLocation.standard)
        let device = ComputeDevice(
            .cpu, threads: threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount)
        let set = try PluginSet(
            catalog, ids: plugins?.split(separator: ",").map(String.init) ?? [], devices: [device],
            log: { level, text in link.send(.log(warning: level == .warning, message: text)) })
        let analyzer = StudyAnalyzer(set, options: AnalysisOptions(cutOffs: try triageCutOffs()))
        let description = WorkerDescription(
            protocolVersion: WorkerProtocol.version, version: LungtriageVersion.current,
            device: device.description, plugins: set.description,
            refusals: catalog.refusals.map(\.error.description))
        return (analyzer, description)
    }

    private func triageCutOffs() throws -> TriageCutOffs {
        let values = cutOffs?.split(separator: ",").compactMap { Double($0) } ?? []
        guard values.count == 4 else { return .standard }
        return try TriageCutOffs(floor: values[0], moderate: values[1], severe: values[2], critical: values[3])
    }
}

extension PluginSet {
    /// What is open, for the daemon.
    fileprivate var description: [WorkerDescription.Plugin] {
        used.map { plugin, device in
            WorkerDescription.Plugin(
                id: plugin.id, name: plugin.descriptor.name, version: plugin.manifest.version,
                role: plugin.role.rawValue, device: device.description, isSealed: plugin.isSealed)
        }
    }
}
