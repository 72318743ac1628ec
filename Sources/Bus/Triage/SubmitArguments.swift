/// The arguments of `Submit` and `ListJobs`, checked before the daemon sees them.
enum SubmitArguments {
    /// Throws ``BusError/Code/invalidArgument`` for a path that is not absolute, has `.` or `..` parts, is longer than
    /// Linux allows or names no NIfTI file.
    static func checkedPath(_ path: String) throws(BusError) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard path.hasPrefix("/"), !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }),
            path.utf8.count < 4096, parts.allSatisfy({ $0.utf8.count <= 255 })
        else {
            throw BusError(
                .invalidArgument, "Submit takes an absolute path without “.” and “..”, not “\(path.shown)”.")
        }
        guard path.hasSuffix(".nii") || path.hasSuffix(".nii.gz") else {
            throw BusError(.invalidArgument, "Submit takes a .nii or .nii.gz file, not “\(path.shown)”.")
        }
        return path
    }

    /// `priority` (s). Throws ``BusError/Code/invalidArgument`` for other options and values.
    static func priority(_ options: [String: BusValue]) throws(BusError) -> TriagePriority? {
        try requireKnown(options, ["priority"])
        guard let value = options["priority"] else { return nil }
        return try word(text(value), of: TriagePriority.self)
    }

    /// `state` and `priority` (s or as), `study` (s), `since` and `until` (t). Throws like ``priority(_:)``.
    static func filter(_ options: [String: BusValue]) throws(BusError) -> TriageJobFilter {
        try requireKnown(options, ["state", "priority", "study", "since", "until"])
        var filter = TriageJobFilter()
        if let value = options["state"] {
            filter.states = Set(try words(value, of: TriageJobState.self))
        }
        if let value = options["priority"] { filter.priorities = Set(try words(value, of: TriagePriority.self)) }
        if let value = options["study"] { filter.study = try text(value) }
        if let value = options["since"] { filter.since = try time(value) }
        if let value = options["until"] { filter.until = try time(value) }
        return filter
    }

    private static func requireKnown(_ options: [String: BusValue], _ known: Set<String>) throws(BusError) {
        if let other = options.keys.filter({ !known.contains($0) }).min() {
            throw BusError(
                .invalidArgument,
                "There is no option “\(other.shown)”; there are \(known.sorted().joined(separator: ", ")).")
        }
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(
        _ value: BusValue, of type: Word.Type
    ) throws(BusError) -> [Word] {
        var texts = value.stringValues ?? []
        if value.stringValues == nil { texts = [try text(value)] }
        var words: [Word] = []
        for text in texts { words.append(try word(text, of: type)) }
        return words
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, of type: Word.Type
    ) throws(BusError) -> Word {
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw BusError(.invalidArgument, "“\(text.shown)” is none of \(known).")
        }
        return word
    }

    private static func text(_ value: BusValue) throws(BusError) -> String {
        guard case .string(let text) = value else {
            throw BusError(.invalidArgument, "An option is of type \(value.type.text) and should be a string.")
        }
        return text
    }

    private static func time(_ value: BusValue) throws(BusError) -> UInt64 {
        guard let time = value.unsignedValue else {
            throw BusError(.invalidArgument, "A time is of type \(value.type.text) and should be t, microseconds.")
        }
        return time
    }
}
