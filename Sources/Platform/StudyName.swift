/// What a study is called in results: its file's name in letters that every file system and page takes.
package enum StudyName {
    /// From a path or file name: without folders and without `.nii` or `.nii.gz`.
    package static func of(path: String) -> String {
        var file = String(path.split(separator: "/").last ?? "")
        for ending in [".nii.gz", ".nii"] where file.lowercased().hasSuffix(ending) {
            file.removeLast(ending.count)
            break
        }
        return usable(file)
    }

    /// Letters, digits, `-`, `_` and `.`; others become `_`. Never empty, never hidden, at most 100 characters.
    package static func usable(_ text: String) -> String {
        let allowed = text.unicodeScalars.prefix(100).map { scalar -> Character in
            isPlain(scalar) ? Character(scalar) : "_"
        }
        let name = String(allowed.drop { $0 == "." })
        return name.isEmpty ? "study" : name
    }

    /// A letter, a digit, `-`, `_` or `.`: needs no quotes and no escapes anywhere.
    package static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || "-_.".unicodeScalars.contains(scalar)
    }
}
