import Imaging
import Platform

/// A file to analyse, and what it is called in results.
public struct Study: Hashable, Sendable {
    public let path: String
    /// The file, open for reading, where whoever asks for the analysis has opened it; it stays theirs.
    public let descriptor: Int32?
    /// The file's name without `.nii` or `.nii.gz`, in letters that every file system and page takes.
    public let name: String

    /// `name` nil: from the path.
    public init(path: String, name: String? = nil, descriptor: Int32? = nil) {
        self.path = path
        self.descriptor = descriptor
        self.name = name.map(StudyName.usable) ?? StudyName.of(path: path)
    }

    var source: FileSource {
        descriptor.map { .descriptor($0, name: path.split(separator: "/").last.map(String.init) ?? name) }
            ?? .path(path)
    }
}
