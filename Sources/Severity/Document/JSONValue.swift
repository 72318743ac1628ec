/// JSON whose keys keep the order they were written in, so that the same scores give the same bytes and a reader finds the
/// important first.
enum JSONValue {
    case null
    case bool(Bool)
    case integer(Int)
    /// Rounded to four decimals, which is beyond what any score means.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(KeyValuePairs<String, JSONValue>)

    /// Two spaces a level; objects and arrays without others in them on one line.
    func text(indent: String = "") -> String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .number(let value): Self.text(of: value)
        case .string(let value): Self.quoted(value)
        case .array(let values):
            Self.joined(values.map { (nil, $0) }, in: ("[", "]"), indent: indent)
        case .object(let members):
            Self.joined(members.map { ($0.key, $0.value) }, in: ("{", "}"), indent: indent)
        }
    }

    private var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    private static func joined(
        _ members: [(key: String?, value: JSONValue)], in brackets: (String, String), indent: String
    ) -> String {
        guard !members.isEmpty else { return brackets.0 + brackets.1 }
        let isFlat = !members.contains { $0.value.isNested }
        let inner = isFlat ? "" : indent + "  "
        let texts = members.map { member in
            inner + (member.key.map { quoted($0) + ": " } ?? "") + member.value.text(indent: inner)
        }
        if isFlat { return brackets.0 + texts.joined(separator: ", ") + brackets.1 }
        return brackets.0 + "\n" + texts.joined(separator: ",\n") + "\n" + indent + brackets.1
    }

    private static func text(of value: Double) -> String {
        guard value.isFinite, abs(value) < 1e11 else { return "null" }
        let rounded = (value * 1e4).rounded() / 1e4
        // Whole numbers too are written as reals, never as 1e+16 or -0.0.
        return rounded == 0 ? "0.0" : "\(rounded)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || (0x2028...0x2029).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
