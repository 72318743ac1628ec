import Analysis
import ArgumentParser
import Foundation
import Synchronization

/// How progress is shown.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    /// A bar on a terminal, nothing elsewhere.
    case automatic = "auto"
    /// A line of JSON on stderr for every percent.
    case json
    case none
}

/// Shows an analysis's progress on stderr.
final class ProgressDisplay: Sendable {
    private struct Line: Encodable {
        let stage: String
        let share: Double
        let secondsLeft: Double?
    }

    private let style: ProgressStyle
    private let shown = Mutex<(stage: String, percent: Int)>(("", -1))

    init(_ style: ProgressStyle) {
        self.style = style == .automatic && !StandardError.isTerminal ? .none : style
    }

    func show(_ progress: AnalysisProgress) {
        guard style != .none else { return }
        let percent = Int(progress.share * 100)
        let stage = progress.stage.name
        let isNew = shown.withLock { shown in
            guard shown != (stage, percent) else { return false }
            shown = (stage, percent)
            return true
        }
        guard isNew else { return }
        style == .json ? line(progress) : bar(progress, percent)
    }

    /// Leaves the terminal's line empty.
    func finish() {
        if style == .automatic { StandardError.write("\r\u{1B}[K") }
    }

    private func line(_ progress: AnalysisProgress) {
        func short(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
        let line = Line(
            stage: progress.stage.name, share: short(progress.share), secondsLeft: progress.secondsLeft.map(short))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(line) else { return }
        StandardError.write(String(decoding: data, as: UTF8.self) + "\n")
    }

    private func bar(_ progress: AnalysisProgress, _ percent: Int) {
        let width = 30
        let filled = min(width, Int(progress.share * Double(width)))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let left = progress.secondsLeft.map { ", \(Int($0.rounded(.up))) s left" } ?? ""
        StandardError.write("\r\u{1B}[K\(bar) \(percent) %  \(progress.stage.title)\(left)")
    }
}

extension AnalysisStage {
    /// For people.
    fileprivate var title: String {
        switch self {
        case .reading: "reading"
        case .lungs: "lung fields"
        case .lesions(let plugin): "lesions (\(plugin))"
        case .scoring: "severity"
        case .reporting: "report"
        case .writing: "writing"
        }
    }
}
