extension String {
    /// One line of visible characters, 100 at most: names of files may hold anything, also characters that turn the
    /// direction of the text around.
    package var plainLine: String {
        let visible = unicodeScalars.prefix(101).map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                "\u{FFFD}"
            default: Character(scalar)
            }
        }
        let line = visible.prefix(100).map(String.init).joined()
        return visible.count > 100 ? line + "…" : line
    }
}
