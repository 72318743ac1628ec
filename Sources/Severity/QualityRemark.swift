import Imaging

/// Something to know before believing the scores.
public struct QualityRemark: Hashable, Sendable {
    public enum Weight: String, Hashable, Sendable, CaseIterable, Comparable, Codable {
        /// Good to know.
        case note
        /// Figures may be off.
        case warning
        /// Do not rely on the scores.
        case doubtful

        public static func < (a: Weight, b: Weight) -> Bool { a.rank < b.rank }
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// A stable name in camelCase, for programs.
    public let code: String
    public let weight: Weight
    /// What was found, for people.
    public let sentence: String
    /// What that means for the result.
    public let consequence: String

    /// `consequence` nil: what the weight says.
    public init(_ code: String, _ weight: Weight, _ sentence: String, consequence: String? = nil) {
        self.code = code
        self.weight = weight
        self.sentence = sentence
        self.consequence = consequence ?? weight.meaning
    }
}

extension QualityRemark.Weight {
    public var meaning: String {
        switch self {
        case .note: "No effect on the scores is expected."
        case .warning: "Scores may be off; look at the pictures."
        case .doubtful: "Do not rely on the scores."
        }
    }
}

extension QualityRemark {
    /// All of an image's. A stack of unrelated slices has no extent and no gaps to remark on.
    public static func remarks(
        on quality: ImageQuality, slices: SliceArrangement = .volume
    ) -> [QualityRemark] {
        let all = quality.remarks.map { QualityRemark($0) }
        guard slices == .unrelated else { return all }
        let stack = QualityRemark(
            "unrelatedSlices", .note, "The slices are taken for those of different patients.",
            consequence: "Shares of area are given slice by slice; there is no triage level.")
        return all.filter { !["shortExtent", "thickSlices"].contains($0.code) } + [stack]
    }

    /// What reading the file and looking at its values showed.
    public init(_ remark: ImageQuality.Remark) {
        let (weight, consequence): (Weight, String?) =
            switch remark {
            case .unlikeHounsfieldUnits:
                (.doubtful, "The models know HU; what they find here is uncertain, and scores in HU are left out.")
            case .singleSlice: (.warning, "Shares of area are given in place of volumes; there is no triage level.")
            case .thickSlices: (.warning, "Volumes of small lesions are uncertain.")
            case .shortExtent: (.warning, "Parts of the lungs may be missing; scores are about the part that is there.")
            case .oblique: (.note, "Zones follow the patient's axes; the models know straight slices.")
            case .sidesUnknown: (.warning, "Right and left may be exchanged.")
            case .unitUnknown: (.note, "Volumes in ml are right only if it was millimetres; percentages always are.")
            case .formsContradict: (.warning, "Volumes and sides may be wrong.")
            case .pixdimContradicts: (.note, "Volumes in ml follow the matrix.")
            case .clamped: (.note, nil)
            case .replaced: (.warning, nil)
            }
        self.init(remark.code, weight, remark.description, consequence: consequence)
    }
}
