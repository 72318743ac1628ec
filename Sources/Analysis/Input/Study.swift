/// A file to analyse, and what it is called in results.
public struct Study: Hashable, Sendable {
    public let path: String
    /// The file's name without `.nii` or `.nii.gz`, in letters that every file system and page takes.
    public let name: String

    /// `name` nil: from the path.
    public init(path: String, name: String? = nil) {
        self.path = path
        self.name = Self.usable(name ?? Self.stem(of: path))
    }

    private static func stem(of path: String) -> String {
        var file = String(path.split(separator: "/").last ?? "")
        for ending in [".nii.gz", ".nii"] where file.lowercased().hasSuffix(ending) {
            file.removeLast(ending.count)
            break
        }
        return file
    }

    /// Letters, digits, `-`, `_` and `.`; others become `_`. Never empty, never hidden, at most 100 characters.
    private static func usable(_ text: String) -> String {
        let allowed = text.unicodeScalars.prefix(100).map { scalar -> Character in
            scalar.isPlain ? Character(scalar) : "_"
        }
        let name = String(allowed.drop { $0 == "." })
        return name.isEmpty ? "study" : name
    }
}

extension Unicode.Scalar {
    /// A letter, a digit, `-`, `_` or `.`: needs no quotes and no escapes anywhere.
    var isPlain: Bool {
        properties.isAlphabetic || properties.numericType != nil || "-_.".unicodeScalars.contains(self)
    }
}
