import Foundation

/// A reader's word on every slice of a scan: a table with a column `infected` of 0 and 1.
public struct SliceLabels: Sendable {
    /// In the order of the table.
    public let infected: [Bool]

    /// Throws `fileAccess`, `malformedDataSet`.
    public init(_ file: URL) throws(TrainingError) {
        let table = try SeparatedTable(file)
        infected = try table.column("infected").enumerated().map { row, text throws(TrainingError) in
            guard text == "0" || text == "1" else {
                throw TrainingError(
                    .malformedDataSet, subject: table.name,
                    message: "Line \(row + 2) says \"\(text)\", but infected is 0 or 1.")
            }
            return text == "1"
        }
    }
}
