/// How far an analysis is.
public struct AnalysisProgress: Hashable, Sendable {
    public let stage: AnalysisStage
    /// Of the whole analysis, 0…1.
    public let share: Double
    /// Nil as long as it cannot be told.
    public let secondsLeft: Double?
}
