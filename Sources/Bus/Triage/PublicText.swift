// Every user of the machine reads signals: paths of this machine, which may name patients, are cut to their last part.

extension String {
    /// Absolute paths in the text without their folders, and no NUL character, which D-Bus does not carry.
    var withoutPaths: String {
        guard utf8.contains(UInt8(ascii: "/")) || utf8.contains(0) else { return self }
        let words = split(separator: " ", omittingEmptySubsequences: false).map { word -> Substring in
            guard let start = word.firstIndex(of: "/") else { return word }
            let before = word[..<start]
            // “and/or” is no path; “path:/a/b”, “(/a/b)” and “/a/b” are.
            guard before.last.map({ !$0.isLetter && !$0.isNumber }) ?? true else { return word }
            let path = word[start...]
            return before + (path.split(separator: "/").last ?? "")
        }
        let text = words.joined(separator: " ")
        return text.utf8.contains(0) ? text.shown : text
    }
}

extension BusValue {
    /// The value with the paths cut in every string.
    var withoutPaths: BusValue {
        switch self {
        case .string(let text): .string(text.withoutPaths)
        case .variant(let inner): .variant(inner.withoutPaths)
        case .array(let type, let values): .array(of: type, values.map(\.withoutPaths))
        case .structure(let fields): .structure(fields.map(\.withoutPaths))
        case .dictionary(let key, let type, let entries):
            .dictionary(
                key: key, value: type, entries.map { BusEntry($0.key.withoutPaths, $0.value.withoutPaths) })
        default: self
        }
    }
}
