import Analysis
import ArgumentParser
import Confinement
import Foundation
import ModelHost
import Platform
import Severity
import WorkerLink

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve studies over the socket that is descriptor 3, until it is closed.")

    @Option(help: "Threads; 0: one per processor.") var threads = 0
    @Option(help: "Device: auto, cpu, cuda:0, cuda:1, …") var device = DeviceRequest.automatic
    @Option(help: "How a GPU stores values: float16, bfloat16, float32 or tf32.") var precision = ComputePrecision
        .float16
    @Option(help: "Ids of the plugins to use, with commas between them. Default: the first of each role.")
    var plugins: String?
    @Option(help: "Folder of installed plugins in place of the program's own.") var pluginFolder: String?
    @Option(help: "PO in % below which a study is none, and from which it is moderate, severe, critical.")
    var cutOffs: String?
    @Option(help: "Bytes of memory at most; 0: no limit.") var memory: UInt64 = 0
    @Option(help: "The only folder that is written: results are made in it.") var staging: String
    @Flag(help: "Refuse to start where the kernel cannot confine the worker completely.")
    var requireConfinement = false

    func run() throws {
        WorkerLimits.apply(memory: memory)
        let confinement: Result<WorkerConfinement, WorkerFailure> = Result { () throws(WorkerFailure) in
            try confine()
        }
        // Only now: before this there must be no other threads, and nothing is read or loaded that is not trusted.
        let link = DaemonLink(descriptor: WorkerProtocol.descriptor)
        WorkerRefusals.link.withLock { $0 = link }
        let analyzer: StudyAnalyzer
        do {
            let (made, description) = try start(link, try confinement.get())
            analyzer = made
            link.send(.ready(description))
        } catch {
            link.send(.failed(job: 0, Self.failure(error)))
            throw ExitCode(1)
        }
        let server = StudyServer(analyzer, link: link)
        while let study = link.nextRequest() {
            guard server.serve(study) else {
                // Not exit(): what the driver would have to give back, it may wait for on a device that failed.
                _exit(1)
            }
        }
    }

    private static func failure(_ error: any Error) -> WorkerFailure {
        if let failure = error as? WorkerFailure { return failure }
        let failure = error as? AnalysisError
        return WorkerFailure(
            code: failure?.code.rawValue ?? "plugin", message: failure?.message ?? "The worker cannot start.",
            detail: failure?.cause ?? "\(error)")
    }

    private var locations: [PluginLocation] { pluginFolder.map { [.installed($0)] } ?? PluginLocation.standard }

    private func confine() throws(WorkerFailure) -> WorkerConfinement {
        let policy = ConfinementPolicy(
            readable: locations.flatMap(\.folders), writable: [staging],
            gpu: device.mayUseGPU ? .standard : nil)
        let report: ConfinementReport
        do {
            report = try Confinement.apply(policy, refused: WorkerRefusals.report)
        } catch {
            throw WorkerFailure(code: "confinement", message: error.message, detail: error.cause)
        }
        guard report.isComplete || !requireConfinement else {
            throw WorkerFailure(
                code: "confinement", message: "The worker cannot be confined as RequireConfinement demands.",
                detail: report.missing.joined(separator: "; "))
        }
        return WorkerConfinement(text: report.description, missing: report.missing)
    }

    private func start(
        _ link: DaemonLink, _ confinement: WorkerConfinement
    ) throws -> (StudyAnalyzer, WorkerDescription) {
        let catalog = PluginCatalog(locations)
        let choice = try DeviceChoice(
            device, precision: precision,
            threads: threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount)
        for note in choice.notes { link.send(.log(warning: false, message: "No GPU is used. \(note)")) }
        let set = try PluginSet(
            catalog, ids: plugins?.split(separator: ",").map(String.init) ?? [], devices: choice.devices,
            fallsBack: choice.fallsBack,
            log: { level, text in link.send(.log(warning: level == .warning, message: text)) })
        let analyzer = StudyAnalyzer(set, options: AnalysisOptions(cutOffs: try triageCutOffs()))
        let description = WorkerDescription(
            protocolVersion: WorkerProtocol.version, version: LungtriageVersion.current,
            device: set.device.description, hardware: set.hardware, plugins: set.description,
            refusals: catalog.refusals.map(\.error.description), confinement: confinement)
        return (analyzer, description)
    }

    private func triageCutOffs() throws -> TriageCutOffs {
        let values = cutOffs?.split(separator: ",").compactMap { Double($0) } ?? []
        guard values.count == 4 else { return .standard }
        return try TriageCutOffs(floor: values[0], moderate: values[1], severe: values[2], critical: values[3])
    }
}

extension DeviceRequest: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension ComputePrecision: ExpressibleByArgument {}

extension PluginSet {
    /// The GPU where a plugin works on one.
    private var foremost: ComputeWork? { used.map(\.work).first { $0.device != .cpu } ?? used.first?.work }
    fileprivate var device: ComputeDevice.Kind { foremost?.device ?? .cpu }
    fileprivate var hardware: String? {
        let words = [foremost?.hardware, foremost?.precision?.rawValue].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// What is open, for the daemon.
    fileprivate var description: [WorkerDescription.Plugin] {
        used.map { plugin, work in
            WorkerDescription.Plugin(
                id: plugin.id, name: plugin.descriptor.name, version: plugin.manifest.version,
                role: plugin.role.rawValue, device: work.device.description, isSealed: plugin.isSealed)
        }
    }
}
