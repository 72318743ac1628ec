import Foundation
import StationConfiguration

extension Check {
    static let configuration = Check(name: "configuration") { examination in
        let file = examination.source.file
        switch examination.configuration {
        case .success:
            let isThere = file.map { FileManager.default.fileExists(atPath: $0) } ?? false
            let place = isThere ? file ?? "" : "There is no file; the defaults are used."
            return [.ok("configuration", isThere ? "\(place) has no mistakes." : place)]
        case .failure(let invalid):
            return invalid.problems.map { problem in
                let place = problem.line.map { "\(file ?? ""), line \($0): " } ?? ""
                return .failed(
                    "configuration", place + problem.message,
                    mend: "Correct it, then: \(examination.restart)")
            }
        }
    }
}

extension Examination {
    /// What the configuration says, or would if it had no mistakes; the folders of the defaults then.
    var usable: TriageConfiguration {
        switch configuration {
        case .success(let read): read
        case .failure: source.defaults
        }
    }
}
