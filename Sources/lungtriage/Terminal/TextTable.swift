/// Rows with their columns under each other.
enum TextTable {
    struct Cell: ExpressibleByStringInterpolation {
        let text: String
        var style: TerminalStyle?

        init(_ text: String, _ style: TerminalStyle? = nil) {
            self.text = text
            self.style = style
        }

        init(stringLiteral text: String) { self.init(text) }

        var painted: String { style?.paint(text) ?? text }
    }

    static func text(_ rows: [[String]]) -> String { text(rows.map { $0.map { Cell($0) } }) }

    static func text(_ rows: [[Cell]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? $0[column].text.count : 0 }.max() ?? 0
        }
        return rows.map { row in
            zip(row, widths).enumerated()
                .map { index, cell in
                    // No blanks at the end of a line.
                    let blanks = index == row.count - 1 ? 0 : cell.1 - cell.0.text.count
                    return cell.0.painted + String(repeating: " ", count: blanks)
                }
                .joined(separator: "  ") + "\n"
        }.joined()
    }
}
