import Foundation

/// How the report writes numbers; what is undefined, or not a number, is a dash.
enum ReportNumber {
    static let dash = "–"

    static func text(_ value: Double?, digits: Int = 3) -> String {
        guard let value, value.isFinite else { return dash }
        return String(format: "%.\(digits)f", value)
    }

    /// As the paper prints: three digits, or four where it gives them.
    static func printed(_ value: Double?) -> String {
        guard let value else { return dash }
        let thousandths = value * 1000
        return text(value, digits: abs(thousandths - thousandths.rounded()) < 1e-6 ? 3 : 4)
    }

    /// `1.1965e6` as `1,196,500`.
    static func count(_ value: Double) -> String {
        let digits = String(Int(value.rounded()))
        var result = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { result += "," }
            result.append(digit)
        }
        return result
    }

    /// `1e-4`, `5e-4`, `0.001`.
    static func rate(_ value: Double) -> String { String(format: "%g", value) }

    /// `45 s`, `12 min` or `3 h 20 min`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return dash }
        let whole = Int(max(0, seconds).rounded())
        if whole < 100 { return "\(whole) s" }
        let minutes = (whole + 30) / 60
        return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }

    static func date(_ date: Date) -> String {
        date.formatted(.iso8601.year().month().day().dateSeparator(.dash))
    }
}
