import Imaging

/// The BIDS look-up table of a label map: `<study>_seg-<plugin>_dseg.tsv` with index, name, abbreviation and colour.
public struct LabelTable: Hashable, Sendable {
    public let scheme: LabelScheme
    private let abbreviations: [UInt8: String]

    /// `abbreviations` by label value; what is missing follows from the name, and the background has no row, as in BIDS.
    public init(_ scheme: LabelScheme, abbreviations: [UInt8: String] = [:]) {
        self.scheme = scheme
        self.abbreviations = abbreviations
    }

    /// UTF-8 with a line end after every row; no text from a plugin can add a column or a row.
    public var tsv: String {
        var taken: Set<String> = []
        let rows = scheme.labels.map { label in
            let wanted = Self.field(abbreviations[label.value] ?? Self.abbreviation(of: label.name))
            let own = taken.insert(wanted).inserted ? wanted : "\(wanted)\(label.value)"
            taken.insert(own)
            return ["\(label.value)", Self.field(label.name), own, label.color.hex]
        }
        return ([["index", "name", "abbreviation", "color"]] + rows)
            .map { $0.joined(separator: "\t") + "\n" }.joined()
    }

    /// Tabs and line ends become spaces; an empty field is BIDS's `n/a`.
    private static func field(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline || $0.unicodeScalars.allSatisfy { $0.value < 0x20 } }
        return words.isEmpty ? "n/a" : words.joined(separator: " ")
    }

    private static let known = [
        "Ground-glass opacity": "GGO", "Consolidation": "CONS", "Pleural effusion": "PLEFF", "Infected": "INF",
        "Right lung": "RL", "Left lung": "LL", "Lungs": "LUNG",
    ]

    /// The initials of several words, else the first four letters.
    private static func abbreviation(of name: String) -> String {
        if let known = known[name] { return known }
        let words = name.split { !$0.isLetter && !$0.isNumber }
        let text = words.count > 1 ? String(words.compactMap(\.first)) : String(words.first?.prefix(4) ?? "")
        return text.uppercased()
    }
}

extension RGB {
    /// `#RRGGBB`.
    var hex: String {
        "#"
            + [red, green, blue].map { component in
                let text = String(component, radix: 16, uppercase: true)
                return text.count < 2 ? "0" + text : text
            }.joined()
    }
}
