import Imaging
import ModelHost
import Severity

/// Analyses studies one after the other with plugins that stay warm. `lungtriage analyze` and the worker both call it.
public final class StudyAnalyzer {
    let plugins: PluginSet
    private let options: AnalysisOptions

    public init(_ plugins: PluginSet, options: AnalysisOptions = AnalysisOptions()) {
        self.plugins = plugins
        self.options = options
    }

    /// Reads and analyses a study and writes its files; `destination` appears whole or not at all.
    ///
    /// `progress` may be called from several threads; `isCancelled` is asked often. Throws `badInput` for a file that is no
    /// usable CT, `plugin`, `output`, `cancelled`; then nothing is left behind.
    @discardableResult public func analyze(
        _ study: Study, into destination: StudyDestination,
        progress: @escaping @Sendable (AnalysisProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(AnalysisError) -> StudyResult {
        try destination.check(study: study.name)
        let clock = StageClock(stages, subject: study.name, report: progress, isCancelled: isCancelled)
        var result = try find(study, clock)
        let pages = try clock.stage(.reporting) { () throws(AnalysisError) in
            try StudyPages(result, study: study)
        }
        try clock.stage(.writing) { () throws(AnalysisError) in
            let provenance = Provenance(result, study: study, timings: clock.timings)
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
            try StudyInput(study, options: options)
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
        let lesions = found
        let (maps, scores) = try clock.stage(.scoring) { () throws(AnalysisError) in
            let maps = try self.maps(lesions, subject: study.name)
            return (maps, try score(input, lungs, maps, subject: study.name))
        }
        return StudyResult(
            identity: input.identity, header: input.header, ct: input.ct, lungs: lungs.sides,
            lesions: found.map { .init(plugin: $0.plugin, labels: $0.labels, probabilities: $0.probabilities) },
            maps: maps, scores: scores,
            work: Dictionary(plugins.sessions.map { ($0.plugin.id, $0.work) }) { first, _ in first },
            plugins: plugins.sessions.map(\.plugin), timings: [])
    }

    private func maps(_ found: [LesionStage], subject: String) throws(AnalysisError) -> LesionMaps {
        func labels(_ role: PluginRole) -> LabelVolume? { found.first { $0.plugin.role == role }?.labels }
        guard let maps = LesionMaps(binary: labels(.lesionBinary), multiclass: labels(.lesionMulticlass)) else {
            throw AnalysisError(.plugin, subject: subject, message: "No lesion plugin has looked at the study.")
        }
        return maps
    }

    private func score(
        _ input: StudyInput, _ lungs: LungStage, _ maps: LesionMaps, subject: String
    ) throws(AnalysisError) -> SeverityScores {
        do {
            return try SeverityScores(
                ct: input.ct, lungs: lungs.sides, lesions: maps, facts: input.facts, cutOffs: options.cutOffs,
                remarks: QualityChecks.remarks(input, lungs: lungs, plugins: plugins.sessions.map(\.plugin)))
        } catch {
            throw AnalysisError(working: error, subject: subject)
        }
    }
}
