import Pages

/// A table of the report: groups of columns over their headings, a heading at each row.
struct ReportTable {
    /// A cell; `isBest` sets it in bold.
    struct Cell {
        var text: HTML
        var isBest = false
        var isOurs = false

        init(_ text: String, isBest: Bool = false, isOurs: Bool = false) {
            self.text = HTML(text)
            self.isBest = isBest
            self.isOurs = isOurs
        }
    }

    struct Row {
        var heading: String
        var cells: [Cell]
        /// A summary of the rows before it.
        var isSummary = false
    }

    var caption: String
    /// Over the columns: a title and how many columns it spans; the first column is the rows' headings.
    var groups: [(title: String, columns: Int)] = []
    /// One for the rows' headings, then one per cell.
    var headings: [String]
    var rows: [Row]

    var html: HTML {
        var head: [HTML] = []
        if !groups.isEmpty {
            head.append(
                .element(
                    "tr", [:],
                    [.element("th", [:])]
                        + groups.map {
                            .element("th", ["colspan": "\($0.columns)", "scope": "colgroup"], HTML($0.title))
                        }))
        }
        head.append(.element("tr", [:], headings.map { .element("th", ["scope": "col"], HTML($0)) }))
        return .element(
            "div", ["class": "wide"],
            .element(
                "table", [:], .element("caption", [:], HTML(caption)), .element("thead", [:], head),
                .element("tbody", [:], rows.map(html))))
    }

    private func html(_ row: Row) -> HTML {
        let cells = row.cells.map { cell in
            HTML.element(
                "td", ["class": cell.isOurs ? "ours" : "paper"],
                cell.isBest ? .element("b", [:], cell.text) : cell.text)
        }
        return .element(
            "tr", ["class": row.isSummary ? "summary" : "row"],
            [.element("th", ["scope": "row"], HTML(row.heading))] + cells)
    }
}
