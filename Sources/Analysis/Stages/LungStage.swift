import Imaging
import ModelHost
import Severity

/// Lung fields of a study: the plugin's, checked against the classical method, or the classical method's in their place.
struct LungStage {
    /// 0, 1 right lung, 2 left lung.
    let sides: LabelVolume
    /// Where the diaphragm looks like a lesion in the lungs.
    let domes: LabelVolume
    let remarks: [QualityRemark]

    /// Below this share of the classical method's volume the plugin has not found the lungs.
    private static let leastShare = 0.35
    /// Of the classical method's lungs, the share outside the plugin's from which it is remarked.
    private static let remarkableMiss = 0.1

    /// Throws `plugin`, `cancelled`, `badInput`.
    init(_ input: StudyInput, session: PluginSession?, subject: String, clock: StageClock) throws(AnalysisError) {
        do {
            var remarks: [QualityRemark] = []
            var fields: LungFields
            if let session {
                fields = try Self.fields(input, session, subject: subject, clock: clock)
            } else {
                fields = try Self.classical(input)
                remarks.append(
                    QualityRemark(
                        "classicalLungs", .warning, "There is no lung plugin; lungs were found by their density alone.",
                        consequence: "Dense parts of the lungs are missed, so that scores are too low."))
            }
            let check = try LungCheck(fields.lungs, in: input.ct, arrangement: input.arrangement)
            if session != nil, check.classical > 0, check.model < Self.leastShare * check.classical {
                fields = try Self.classical(input)
                remarks.append(
                    QualityRemark(
                        "lungFallback", .doubtful,
                        "The lung model found little of the lungs; they were found by their density instead.",
                        consequence: "Dense parts of the lungs are missed; scores are uncertain."))
            } else if let missed = check.missedShare, missed > Self.remarkableMiss {
                remarks.append(
                    QualityRemark(
                        "lungsDisagree", .warning,
                        "\(Int((missed * 100).rounded())) % of what looks like lung lies outside the lung fields.",
                        consequence: "Lesions there are not counted; compare the outline with the slices."))
            }
            sides = try LungSides.labels(
                of: fields.lungs, midline: input.ct.bodyMidline, arrangement: input.arrangement)
            domes = fields.domes
            self.remarks = remarks
        } catch let error as AnalysisError {
            throw error
        } catch let error as ImagingError {
            throw AnalysisError(working: error, subject: subject)
        } catch {
            throw AnalysisError(.badInput, subject: subject, message: "The lungs cannot be found.", cause: "\(error)")
        }
    }

    private static func fields(
        _ input: StudyInput, _ session: PluginSession, subject: String, clock: StageClock
    ) throws -> LungFields {
        let slices = Array(0..<input.ct.grid.size.k)
        let output = try session.segment(input, slices: slices, lungs: nil, subject: subject, clock: clock)
        let labels = try LabelVolume(grid: input.ct.grid, voxels: output.labels)
        return try LungFields(
            cleaning: labels.mask(where: 1...255), of: input.ct, arrangement: input.arrangement)
    }

    private static func classical(_ input: StudyInput) throws(ImagingError) -> LungFields {
        let lungs = try ClassicalLungs().lungs(of: input.ct, arrangement: input.arrangement)
        return try LungFields(cleaning: lungs, of: input.ct, arrangement: input.arrangement)
    }
}

extension PluginSession {
    /// Labels slices of a study, its progress going to the study's clock.
    func segment(
        _ input: StudyInput, slices: [Int], lungs: LabelVolume?, wantsProbabilities: Bool = false, subject: String,
        clock: StageClock
    ) throws(AnalysisError) -> PluginOutput {
        let grid = input.ct.grid
        let request = PluginInput(
            columns: grid.size.i, rows: grid.size.j, sliceCount: grid.size.k,
            spacing: (grid.spacing.i, grid.spacing.j, grid.spacing.k),
            slicesAreUnrelated: input.arrangement == .unrelated, volume: input.ct.voxels, slices: slices,
            lungs: lungs?.voxels)
        do {
            return try segment(
                request, wantsProbabilities: wantsProbabilities, progress: { clock.advance(to: $0) },
                isCancelled: clock.isCancelled)
        } catch {
            throw AnalysisError(error, subject: subject)
        }
    }
}
