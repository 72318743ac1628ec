import Severity

/// The pages' colours. Severity goes from light to dark in one warm hue, so that it reads the same without colour vision and
/// in grey print. Every text has a contrast of at least 4.5 : 1 on its ground (a test computes it).
enum Palette {
    /// Texts and grounds of a page.
    struct Scheme {
        let paper, ink, faint, line, tint, link, noticeInk, noticePaper, alarmInk, alarmPaper: String

        /// As custom properties of a style sheet.
        var properties: String {
            "--paper:\(paper);--ink:\(ink);--faint:\(faint);--line:\(line);--tint:\(tint);--link:\(link);"
                + "--notice-ink:\(noticeInk);--notice-paper:\(noticePaper);--alarm-ink:\(alarmInk);--alarm-paper:\(alarmPaper)"
        }
    }

    static let light = Scheme(
        paper: "#ffffff", ink: "#1b1f24", faint: "#57606a", line: "#d5dae0", tint: "#f3f5f7", link: "#0b5fa5",
        noticeInk: "#6b3600", noticePaper: "#fff4e0", alarmInk: "#ffffff", alarmPaper: "#a1142b")
    static let dark = Scheme(
        paper: "#14171b", ink: "#e6e9ed", faint: "#a3adb8", line: "#3a424c", tint: "#1f252c", link: "#86bff7",
        noticeInk: "#ffd9a0", noticePaper: "#3a2c14", alarmInk: "#2b0509", alarmPaper: "#ff8f9c")
    static let print = Scheme(
        paper: "#ffffff", ink: "#000000", faint: "#3d444b", line: "#b8bec5", tint: "#f3f5f7", link: "#003c70",
        noticeInk: "#000000", noticePaper: "#ffffff", alarmInk: "#000000", alarmPaper: "#ffffff")

    /// A ground with the text on it.
    struct Tone: Hashable {
        let ground, ink: String
    }

    /// Zone scores 0 to 4, and triage levels by rank.
    static let severity = [
        Tone(ground: "#e6ecf2", ink: "#1b1f24"), Tone(ground: "#fbe0ac", ink: "#1b1f24"),
        Tone(ground: "#f2a64f", ink: "#1b1f24"), Tone(ground: "#b8431a", ink: "#ffffff"),
        Tone(ground: "#68170e", ink: "#ffffff"),
    ]
    /// Where there is no score.
    static let unknown = Tone(ground: "#5b6570", ink: "#ffffff")

    static func tone(_ level: TriageLevel) -> Tone { severity[min(max(level.rank, 0), severity.count - 1)] }
    static func tone(zoneScore: Int) -> Tone { severity[min(max(zoneScore, 0), severity.count - 1)] }

    /// Of the remarks' signs.
    static func tone(_ weight: QualityRemark.Weight) -> Tone {
        switch weight {
        case .note: Tone(ground: "#d7e3f0", ink: "#1b1f24")
        case .warning: severity[2]
        case .doubtful: severity[4]
        }
    }
}
