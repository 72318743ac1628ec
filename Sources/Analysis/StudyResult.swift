import Imaging
import ModelHost
import Severity

/// What an analysis found, before anything is written.
public struct StudyResult: Sendable {
    /// A lesion plugin's label map.
    public struct LesionMap: Sendable {
        public let plugin: Plugin
        public let labels: LabelVolume
        /// How probable it is that a voxel is not background; nil where nobody asked.
        public let probabilities: Volume<Float, LPS>?
    }

    /// What was read.
    public let identity: FileIdentity
    /// Of the file that was read: label maps are written on its grid.
    public let header: NIfTIHeader
    public let ct: CTVolume
    /// 0, 1 right lung, 2 left lung.
    public let lungs: LabelVolume
    public let lesions: [LesionMap]
    /// The maps that the scores are made from.
    public let maps: LesionMaps
    public let scores: SeverityScores
    /// What did the work, by plugin id.
    public let work: [String: ComputeWork]
    /// Every plugin that had a part, the lung plugin first.
    public let plugins: [Plugin]
    /// Seconds, stage by stage.
    public internal(set) var timings: [(stage: AnalysisStage, seconds: Double)]
}
