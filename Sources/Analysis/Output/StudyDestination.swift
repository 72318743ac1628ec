/// Where a study's files go.
public struct StudyDestination: Hashable, Sendable {
    /// A folder that is not there yet, or is empty.
    public let folder: String
    /// Whether a folder with content may be replaced, in one step.
    public let replacesExisting: Bool

    public init(folder: String, replacesExisting: Bool = false) {
        self.folder = folder
        self.replacesExisting = replacesExisting
    }
}
