import Foundation

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

    /// Throws `output` where files are in the way; asked before the work, so that none is done for nothing. The rename at the
    /// end has the last word.
    func check(study: String) throws(AnalysisError) {
        guard !replacesExisting, let content = try? FileManager.default.contentsOfDirectory(atPath: folder),
            !content.isEmpty
        else { return }
        throw occupied(study: study, cause: nil)
    }

    func occupied(study: String, cause: String?) -> AnalysisError {
        AnalysisError(
            .output, subject: study,
            message: "There are files in \(folder) already; choose another folder, or replace it with --replace.",
            cause: cause)
    }
}
