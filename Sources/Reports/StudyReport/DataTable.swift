import Pages

/// A table with a heading over every column and at every row.
struct DataTable {
    struct Row {
        var heading: String
        var cells: [String]
        /// A summary of the rows before it.
        var isTotal = false
    }

    var caption: String
    /// One for the rows' headings, then one per cell.
    var headings: [String]
    var rows: [Row]
    /// Text to the left, long words broken; else numbers to the right.
    var isText = false

    var html: HTML {
        let head = HTML.element("tr", [:], headings.map { .element("th", ["scope": "col"], HTML($0)) })
        let body = rows.map { row in
            HTML.element(
                "tr", ["class": row.isTotal ? "total" : "row"],
                [.element("th", ["scope": "row"], HTML(row.heading))] + row.cells.map { .element("td", [:], HTML($0)) })
        }
        let content = [
            caption.isEmpty ? nil : HTML.element("caption", [:], HTML(caption)), .element("thead", [:], head),
            .element("tbody", [:], body),
        ]
        return .element(
            "div", ["class": "wide"],
            .element("table", ["class": isText ? "texts" : "numbers"], content.compactMap(\.self)))
    }
}
