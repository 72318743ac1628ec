import Imaging
import ModelHost
import Severity

/// Analyses studies one after the other with plugins that stay warm. `lungtriage analyze` and the worker both call it.
public final class StudyAnalyzer {
    private let plugins: PluginSet
    private let options: AnalysisOptions

    public init(_ plugins: PluginSet, options: AnalysisOptions = AnalysisOptions()) {
        self.plugins = plugins
        self.options = options
    }

    /// Reads and analyses a study and writes its files; `destination` appears whole or not at all.
    ///
    /// `progress` may be called from several threads; `isCancelled` is asked often. Throws `badInput` for a file that is no
    /// usable CT, `noLungs`, `plugin`, `output`, `cancelled`; then nothing is left behind.
    @discardableResult public func analyze(
        _ study: Study, into destination: StudyDestination,
        progress: @escaping @Sendable (AnalysisProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(AnalysisError) -> StudyResult {
        let clock = StageClock(stages, subject: study.name, report: progress, isCancelled: isCancelled)
        var result = try find(study, clock)
        let (pages, hash) = try clock.stage(.reporting) { () throws(AnalysisError) in
            let hash = try study.digest()
            return (try StudyPages(result, study: study, inputHash: hash.sha256), hash)
        }
        try clock.stage(.writing) { () throws(AnalysisError) in
            let provenance = Provenance(
                result, study: study, inputHash: hash.sha256, inputBytes: hash.bytes, timings: clock.timings)
            try StudyFiles(result, pages: pages, study: study, provenance: provenance).write(to: destination)
        }
        result.timings = clock.timings
        return result
    }

    private var stages: [AnalysisStage] {
        [.reading, .lungs] + plugins.lesions.map { .lesions($0.plugin.id) } + [.scoring, .reporting, .writing]
    }

    private func find(_ study: Study, _ clock: StageClock) throws(AnalysisError) -> StudyResult {
        let input = try clock.stage(.reading) { () throws(AnalysisError) in
            try StudyInput(path: study.path, options: options)
        }
        let lungs = try clock.stage(.lungs) { () throws(AnalysisError) in
            try LungStage(input, session: plugins.lung, subject: study.name, clock: clock)
        }
        var found: [LesionStage] = []
        for session in plugins.lesions {
            found.append(
                try clock.stage(.lesions(session.plugin.id)) { () throws(AnalysisError) in
                    try LesionStage(
                        input, lungs: lungs, session: session, keepsProbabilities: options.keepsProbabilities,
                        subject: study.name, clock: clock)
                })
        }
        let scores = try clock.stage(.scoring) { () throws(AnalysisError) in
            try score(input, lungs, found, subject: study.name)
        }
        return StudyResult(
            header: input.header, ct: input.ct, lungs: lungs.sides,
            lesions: found.map { .init(plugin: $0.plugin, labels: $0.labels, probabilities: $0.probabilities) },
            scores: scores,
            devices: Dictionary(plugins.sessions.map { ($0.plugin.id, $0.device) }) { first, _ in first },
            plugins: plugins.sessions.map(\.plugin), timings: [])
    }

    private func score(
        _ input: StudyInput, _ lungs: LungStage, _ found: [LesionStage], subject: String
    ) throws(AnalysisError) -> SeverityScores {
        func labels(_ role: PluginRole) -> LabelVolume? { found.first { $0.plugin.role == role }?.labels }
        let maps: LesionMaps
        switch (labels(.lesionBinary), labels(.lesionMulticlass)) {
        case (let binary?, let multiclass?): maps = .both(binary: binary, multiclass: multiclass)
        case (let binary?, nil): maps = .binary(binary)
        case (nil, let multiclass?): maps = .multiclass(multiclass)
        case (nil, nil):
            throw AnalysisError(.plugin, subject: subject, message: "No lesion plugin has looked at the study.")
        }
        do {
            return try SeverityScores(
                ct: input.ct, lungs: lungs.sides, lesions: maps, facts: input.facts, cutOffs: options.cutOffs,
                remarks: QualityChecks.remarks(input, lungs: lungs, plugins: plugins.sessions.map(\.plugin)))
        } catch {
            throw AnalysisError(working: error, subject: subject)
        }
    }
}
