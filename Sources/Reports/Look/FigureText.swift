import Foundation
import Severity

/// How pages write numbers. What is there but small is never written as zero.
enum FigureText {
    static let dash = "–"

    /// `31.2 %`.
    static func percent(_ value: Double) -> String {
        value > 0 && value < 0.05 ? "< 0.1 %" : String(format: "%.1f %%", value)
    }

    /// `4,213 ml`, or `3.2 ml` below ten.
    static func millilitres(_ value: Double) -> String {
        if value > 0, value < 0.05 { return "< 0.1 ml" }
        if value == 0 { return "0 ml" }
        return value < 9.95 ? String(format: "%.1f ml", value) : "\(grouped(value)) ml"
    }

    /// With a real minus sign.
    static func hounsfield(_ value: Double) -> String {
        let whole = value.rounded()
        return (whole < 0 ? "−" : "") + "\(grouped(abs(whole))) HU"
    }

    static func squareCentimetres(_ squareMillimetres: Double) -> String {
        String(format: "%.1f cm²", squareMillimetres / 100)
    }

    private static func grouped(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return dash }
        let digits = String(Int(value.rounded()))
        var result = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { result += "," }
            result.append(digit)
        }
        return result
    }
}

extension Score {
    /// The value's text, or a dash.
    func text(_ write: (Value) -> String) -> String { value.map(write) ?? FigureText.dash }
}

extension TriageLevel {
    var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

extension QualityRemark.Weight {
    /// A sign that does not need its colour.
    var sign: String {
        switch self {
        case .note: "i"
        case .warning: "!"
        case .doubtful: "×"
        }
    }

    var title: String {
        switch self {
        case .note: "Note"
        case .warning: "Warning"
        case .doubtful: "Doubtful"
        }
    }

    /// How far a study's scores can be relied on whose gravest remark this is.
    static func reliability(_ gravest: QualityRemark.Weight?) -> String {
        switch gravest {
        case nil, .note?: "No objections"
        case .warning?: "With reservations"
        case .doubtful?: "Doubtful"
        }
    }
}
