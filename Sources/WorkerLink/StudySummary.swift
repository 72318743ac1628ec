/// What is known of a study after its analysis: enough for the bus, for lists and for the worklist.
public struct StudySummary: Hashable, Sendable, Codable {
    /// A score, or why there is none.
    public enum Score<Value: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
        case value(Value)
        case missing(code: String, sentence: String)

        public var value: Value? {
            if case .value(let value) = self { value } else { nil }
        }
    }

    /// `none`, `mild`, `moderate`, `severe` or `critical`.
    public var triageLevel: Score<String>
    /// PO, %.
    public var percentageOfOpacity: Score<Double>
    /// PHO, %.
    public var percentageOfHighOpacity: Score<Double>
    /// 0…24.
    public var zoneScore: Score<Int>
    /// The gravest quality remark's weight; nil without remarks.
    public var gravestRemark: String?
    public var remarks: [String]
    /// Of the input, 64 hexadecimal digits.
    public var sha256: String
    /// What the analysis took.
    public var seconds: Double

    public init(
        triageLevel: Score<String>, percentageOfOpacity: Score<Double>, percentageOfHighOpacity: Score<Double>,
        zoneScore: Score<Int>, gravestRemark: String?, remarks: [String], sha256: String, seconds: Double
    ) {
        self.triageLevel = triageLevel
        self.percentageOfOpacity = percentageOfOpacity
        self.percentageOfHighOpacity = percentageOfHighOpacity
        self.zoneScore = zoneScore
        self.gravestRemark = gravestRemark
        self.remarks = remarks
        self.sha256 = sha256
        self.seconds = seconds
    }
}
