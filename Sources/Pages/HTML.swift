import Foundation

/// Markup that cannot be malformed by what it shows: a string becomes HTML by being escaped, elements by being built.
package struct HTML: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// Escaped and ready to be written.
    package let markup: String

    private init(markup: String) { self.markup = markup }

    /// Text; the five characters that mean something to HTML are escaped.
    package init(_ text: String) {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            // No document may hold these, escaped or not.
            case _ where Self.isForbidden(scalar): escaped.unicodeScalars.append("\u{FFFD}")
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        markup = escaped
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0..<0x20, 0x7F..<0xA0, 0xFFFE...0xFFFF: true
        default: false
        }
    }

    package init(stringLiteral text: String) { self.init(text) }

    package init(_ parts: [HTML]) { markup = parts.map(\.markup).joined() }

    /// An element. `name` and the attributes' names are written by programmers; values are escaped. One without content that
    /// HTML knows as void gets no end tag.
    package static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: HTML...)
        -> HTML
    {
        element(name, attributes, content)
    }

    package static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: [HTML])
        -> HTML
    {
        let written = attributes.map { " \($0)=\"\(HTML($1).markup)\"" }.joined()
        let end = voidElements.contains(name) ? "" : "</\(name)>"
        let inside = content.map(\.markup).joined()
        return HTML(markup: "<\(name)\(written)>\(inside)\(end)" + (blockElements.contains(name) ? "\n" : ""))
    }

    /// A picture inside the page, as a data URI.
    package static func png(_ bytes: [UInt8], alt: String, width: Int? = nil, height: Int? = nil) -> HTML {
        let source = "data:image/png;base64," + Data(bytes).base64EncodedString()
        let size = [("width", width), ("height", height)].compactMap { name, value in value.map { " \(name)=\"\($0)\"" }
        }
        // The base64 alphabet has nothing that HTML would have to escape.
        return HTML(markup: "<img src=\"\(source)\" alt=\"\(HTML(alt).markup)\"\(size.joined())>")
    }

    /// A whole page. The style sheet is written as it is, so it must not hold `</`.
    package static func page(title: String, style: String, script: PageScript? = nil, _ body: [HTML]) -> String {
        let policy = script.map { element("meta", ["http-equiv": "Content-Security-Policy", "content": $0.policy]) }
        let nonce = script.map { " nonce=\"\($0.nonce)\"" } ?? ""
        let head: [HTML?] = [
            element("meta", ["charset": "utf-8"]), policy,
            element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            element("meta", ["name": "color-scheme", "content": "light dark"]),
            element("title", [:], HTML(title)), HTML(markup: "<style\(nonce)>\n\(style)</style>\n"),
            script.map { HTML(markup: "<script\(nonce)\($0.attributes)>\n\($0.source)</script>\n") },
        ]
        return "<!doctype html>\n"
            + element("html", ["lang": "en"], element("head", [:], head.compactMap(\.self)), element("body", [:], body))
            .markup
    }

    private static let voidElements: Set = ["meta", "img", "br", "hr", "col"]
    private static let blockElements: Set = [
        "meta", "title", "head", "body", "h1", "h2", "h3", "p", "ul", "li", "table", "thead", "tbody", "tr", "figure",
        "figcaption", "section", "header", "main", "footer", "nav", "dl", "svg", "g", "details", "div",
    ]
}
