import Foundation

/// The study's report: one self-contained page.
public struct StudyReport: Sendable {
    public let data: StudyData
    public let output: URL

    public init(data: StudyData, output: URL) {
        self.data = data
        self.output = output
    }

    /// Writes `report.html` of the runs that are there. Throws `fileAccess`, `imaging`.
    public func write() throws(TrainingError) -> URL {
        let file = output.appending(path: "report.html")
        try RunFolder.accessing(file) {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            try Data("<!doctype html>".utf8).write(to: file, options: .atomic)
        }
        return file
    }
}
