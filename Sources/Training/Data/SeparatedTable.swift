import Foundation

/// A table of tab-separated values with a heading line.
struct SeparatedTable: Sendable {
    let name: String
    let columns: [String]
    let rows: [[String]]

    /// Throws `fileAccess`, `malformedDataSet` for a row of another length than the heading.
    init(_ file: URL) throws(TrainingError) {
        let text = try RunFolder.accessing(file) { try String(contentsOf: file, encoding: .utf8) }
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        name = file.lastPathComponent
        columns = lines.first ?? []
        rows = Array(lines.dropFirst())
        for (number, row) in rows.enumerated() where row.count != columns.count {
            throw TrainingError(
                .malformedDataSet, subject: name,
                message: "Line \(number + 2) has \(row.count) fields, but the heading has \(columns.count).")
        }
    }

    /// A column's values. Throws `malformedDataSet` when there is none of that name.
    func column(_ column: String) throws(TrainingError) -> [String] {
        guard let index = columns.firstIndex(of: column) else {
            throw TrainingError(
                .malformedDataSet, subject: name, message: "The column \"\(column)\" is missing; there are \(columns).")
        }
        return rows.map { $0[index] }
    }
}
