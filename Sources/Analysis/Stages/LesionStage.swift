import Imaging
import ModelHost

/// What one lesion plugin found in a study, without what does not belong to the lungs.
struct LesionStage {
    let plugin: Plugin
    let labels: LabelVolume
    /// As the plugin gave it; nil where nobody asked.
    let probabilities: Volume<Float, LPS>?

    /// Runs the plugin on the slices that hold lung. Throws `plugin`, `cancelled`, `badInput`.
    init(
        _ input: StudyInput, lungs: LungStage, session: PluginSession, keepsProbabilities: Bool, subject: String,
        clock: StageClock
    ) throws(AnalysisError) {
        plugin = session.plugin
        do {
            let slices = Self.slices(holding: lungs.sides)
            let output = try session.segment(
                input, slices: slices, lungs: lungs.sides, wantsProbabilities: keepsProbabilities, subject: subject,
                clock: clock)
            let effusion: UInt8? = session.plugin.role == .lesionMulticlass ? LesionKind.pleuralEffusion.rawValue : nil
            labels = try LesionCleaning(effusion: effusion).cleaned(
                LabelVolume(grid: input.ct.grid, voxels: output.labels), lungs: lungs.sides, domes: lungs.domes,
                arrangement: input.arrangement)
            probabilities = try output.probabilities.map { try Volume<Float, LPS>(grid: input.ct.grid, voxels: $0) }
        } catch let error as AnalysisError {
            throw error
        } catch let error as ImagingError {
            throw AnalysisError(working: error, subject: subject)
        } catch {
            throw AnalysisError(.badInput, subject: subject, message: "Lesions cannot be found.", cause: "\(error)")
        }
    }

    private static func slices(holding lungs: LabelVolume) -> [Int] {
        let plane = lungs.grid.size.i * lungs.grid.size.j
        return (0..<lungs.grid.size.k).filter { slice in
            lungs.voxels[(slice * plane)..<((slice + 1) * plane)].contains { $0 != 0 }
        }
    }
}
