/// Where a file's bytes come from.
public enum FileSource: Hashable, Sendable {
    case path(String)
    /// A descriptor that is open for reading and stays the caller's, from a process that may not open the path itself; and the
    /// file's name, for messages.
    case descriptor(Int32, name: String)

    /// The file's name without its folder.
    var name: String {
        switch self {
        case .path(let path): fileName(ofPath: path)
        case .descriptor(_, let name): name
        }
    }
}
