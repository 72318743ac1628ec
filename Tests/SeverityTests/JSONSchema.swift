import Foundation

/// As much of JSON Schema (draft 2020-12) as `severity.schema.json` uses; a keyword that it does not know is a failure.
struct JSONSchema {
    private let root: [String: Any]

    init(contentsOf url: URL) throws {
        root = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    }

    /// Where and how a document breaks the schema; empty where it does not.
    func failures(_ document: Data) throws -> [String] {
        failures(try JSONSerialization.jsonObject(with: document, options: .fragmentsAllowed), root, at: "$")
    }

    private func failures(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
        schema.flatMap { keyword, rule -> [String] in
            switch (keyword, rule) {
            case ("$schema", _), ("$defs", _), ("title", _), ("description", _), ("required", _): []
            case ("$ref", let name as String):
                failures(value, definition(name), at: path)
            case ("type", let type as String): matches(value, type) ? [] : ["\(path): no \(type)"]
            case ("const", _): isEqual(value, rule) ? [] : ["\(path): not \(rule)"]
            case ("enum", let values as [Any]):
                values.contains { isEqual(value, $0) } ? [] : ["\(path): \(value) is none of \(values)"]
            case ("oneOf", let options as [[String: Any]]):
                options.count { failures(value, $0, at: path).isEmpty } == 1
                    ? [] : options.map { "\(path): \(failures(value, $0, at: path))" }
            case ("minimum", let limit as NSNumber):
                (value as? NSNumber)?.doubleValue ?? 0 < limit.doubleValue ? ["\(path): below \(limit)"] : []
            case ("maximum", let limit as NSNumber):
                (value as? NSNumber)?.doubleValue ?? 0 > limit.doubleValue ? ["\(path): above \(limit)"] : []
            case ("minLength", let limit as Int):
                (value as? String)?.count ?? limit < limit ? ["\(path): too short"] : []
            case ("pattern", let pattern as String):
                (value as? String)?.range(of: pattern, options: .regularExpression) == nil ? ["\(path): \(value)"] : []
            case ("minItems", let limit as Int):
                (value as? [Any])?.count ?? limit < limit ? ["\(path): too few"] : []
            case ("maxItems", let limit as Int):
                (value as? [Any])?.count ?? limit > limit ? ["\(path): too many"] : []
            case ("items", let items as [String: Any]):
                (value as? [Any] ?? []).enumerated().flatMap { failures($1, items, at: "\(path)[\($0)]") }
            case ("properties", let members as [String: [String: Any]]):
                properties(value, members, required: schema["required"] as? [String] ?? [], at: path)
            case ("additionalProperties", let isAllowed as Bool) where !isAllowed:
                Set((value as? [String: Any] ?? [:]).keys)
                    .subtracting((schema["properties"] as? [String: Any] ?? [:]).keys).map { "\(path).\($0): unknown" }
            default: ["\(path): the keyword \(keyword) is not known"]
            }
        }
    }

    private func properties(
        _ value: Any, _ members: [String: [String: Any]], required: [String], at path: String
    ) -> [String] {
        guard let object = value as? [String: Any] else { return [] }
        let missing = required.filter { object[$0] == nil }.map { "\(path).\($0): missing" }
        return missing
            + members.flatMap { name, schema in
                object[name].map { failures($0, schema, at: "\(path).\(name)") } ?? []
            }
    }

    private func definition(_ reference: String) -> [String: Any] {
        let name = String(reference.dropFirst("#/$defs/".count))
        return (root["$defs"] as? [String: [String: Any]])?[name] ?? ["unknown reference": reference]
    }

    private func matches(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "null": value is NSNull
        case "number": value is NSNumber
        case "integer": (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        default: false
        }
    }

    private func isEqual(_ a: Any, _ b: Any) -> Bool {
        if let a = a as? String, let b = b as? String { return a == b }
        if let a = a as? NSNumber, let b = b as? NSNumber { return a == b }
        return false
    }
}
