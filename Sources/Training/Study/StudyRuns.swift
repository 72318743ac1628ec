import Foundation
import Segmentation

/// What lies in a study's output folder: for every width and number of epochs the runs that there are.
struct StudyRuns: Sendable {
    /// How far a run is. One that is not here at all was not run.
    enum State: Sendable {
        case underWay([EpochRecord])
        case diverged([EpochRecord], reason: String)
        case finished(ExperimentResult, [EpochRecord])
        /// Finished on other slices than the report's; its figures are left out.
        case otherData
    }

    /// Runs of the same settings, which may be compared with each other.
    struct Group: Sendable {
        let settings: StudySettings
        var runs: [PaperExperiment: State]

        var results: [ExperimentResult] {
            PaperExperiment.all.compactMap { result(of: $0) }
        }

        func result(of experiment: PaperExperiment) -> ExperimentResult? {
            if case .finished(let result, _) = runs[experiment] { result } else { nil }
        }

        /// Finished runs of a network and a task.
        func results(
            _ network: ArchitectureDescription.Kind, _ task: PaperExperiment.Task
        ) -> [ExperimentResult] {
            results.filter { $0.experiment.network == network && $0.experiment.task == task }
        }
    }

    /// Full width first.
    let groups: [Group]

    /// Throws `fileAccess` for a file that cannot be read, `imaging` where the data cannot be prepared for comparison.
    init(output: URL, data: StudyData) throws(TrainingError) {
        let parent = StudyRunFolder.folder(of: output)
        guard FileManager.default.fileExists(atPath: parent.path) else {
            groups = []
            return
        }
        let names = try RunFolder.accessing(parent) {
            try FileManager.default.contentsOfDirectory(atPath: parent.path).sorted()
        }
        var groups: [StudySettings: Group] = [:]
        var identities: [String: String] = [:]
        for name in names {
            guard let (experiment, settings) = StudySettings.parse(folderName: name) else { continue }
            let key = "\(experiment.task) \(settings.size)"
            if identities[key] == nil {
                identities[key] = try data.identity(experiment.task, size: settings.size)
            }
            let identity = identities[key] ?? ""
            let state = try Self.state(of: StudyRunFolder(parent.appending(path: name)), identity: identity)
            groups[settings, default: Group(settings: settings, runs: [:])].runs[experiment] = state
        }
        self.groups = groups.values.sorted { $0.settings < $1.settings }
    }

    private static func state(of folder: StudyRunFolder, identity: String) throws(TrainingError) -> State {
        let history = try RunFolder.history(in: folder.path)
        if let result = try folder.result() {
            return result.data == identity ? .finished(result, history) : .otherData
        }
        if let reason = try folder.divergence() { return .diverged(history, reason: reason) }
        return .underWay(history)
    }
}
