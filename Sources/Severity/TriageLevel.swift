import Imaging

/// How severe a study is, from the percentage of opacity.
public enum TriageLevel: String, Hashable, Sendable, CaseIterable, Comparable, Codable {
    case none, mild, moderate, severe, critical

    public static func < (a: TriageLevel, b: TriageLevel) -> Bool { a.rank < b.rank }

    /// 0 for none to 4 for critical.
    public var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Where one level ends and the next begins, in percent of opacity (PO).
///
/// The standard ones are those of the visual scale CT-0 to CT-4 that Moscow's hospitals triaged by (Morozov et al. 2020,
/// MosMedData): up to 25 % mild, 50 % moderate, 75 % severe, more critical. That scale's "none" is a radiologist's word; a
/// model's specks need a floor: below 0.1 % of the lungs, about a ball of 2 cm in lungs of 4 litres, is none.
public struct TriageCutOffs: Hashable, Sendable {
    /// PO below which a study is `none`; without any opacity it always is.
    public let floor: Double
    /// PO from which it is `moderate`, `severe`, `critical`.
    public let moderate: Double
    public let severe: Double
    public let critical: Double

    /// Throws `invalidArgument` unless 0 ≤ floor < moderate < severe < critical ≤ 100.
    public init(floor: Double, moderate: Double, severe: Double, critical: Double) throws(ImagingError) {
        // Also refuses NaN.
        guard floor >= 0, floor < moderate, moderate < severe, severe < critical, critical <= 100 else {
            throw ImagingError(
                .invalidArgument, subject: "triage cut-offs",
                message: "Cut-offs must grow from 0 to 100 %: floor \(floor), moderate \(moderate), severe \(severe), "
                    + "critical \(critical).")
        }
        self.init(checked: floor, moderate, severe, critical)
    }

    private init(checked floor: Double, _ moderate: Double, _ severe: Double, _ critical: Double) {
        self.floor = floor
        self.moderate = moderate
        self.severe = severe
        self.critical = critical
    }

    public static let standard = TriageCutOffs(checked: 0.1, 25, 50, 75)

    /// The level of a percentage of opacity, 0…100.
    public func level(of percentageOfOpacity: Double) -> TriageLevel {
        switch percentageOfOpacity {
        case critical...: .critical
        case severe...: .severe
        case moderate...: .moderate
        default: percentageOfOpacity <= 0 || percentageOfOpacity < floor ? .none : .mild
        }
    }
}
