import Platform

/// A file to analyse, and what it is called in results.
public struct Study: Hashable, Sendable {
    public let path: String
    /// The file's name without `.nii` or `.nii.gz`, in letters that every file system and page takes.
    public let name: String

    /// `name` nil: from the path.
    public init(path: String, name: String? = nil) {
        self.path = path
        self.name = name.map(StudyName.usable) ?? StudyName.of(path: path)
    }
}
