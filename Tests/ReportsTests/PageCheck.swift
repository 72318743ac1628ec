import Foundation

/// What must hold for every page, found in its text alone.
struct PageCheck {
    let page: String
    private let tags: [Tag]
    /// Whether the page has a script of its own.
    private let hasScript: Bool

    struct Tag {
        let isEnd: Bool
        let name: String
        let attributes: [String: String]
    }

    init(_ page: String, hasScript: Bool = false) {
        // A script may hold anything but its own end.
        let page = hasScript ? page.replacing(#/(?s)(<script [^>]*>).*?<\/script>/#) { "\($0.1)</script>" } : page
        self.page = page
        self.hasScript = hasScript
        tags = page.matches(of: #/<(/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+="[^"<>]*")*)\s*>/#).map { match in
            var attributes: [String: String] = [:]
            for attribute in String(match.3).matches(of: #/([a-zA-Z-]+)="([^"]*)"/#) {
                attributes[String(attribute.1)] = String(attribute.2)
            }
            return Tag(isEnd: !match.1.isEmpty, name: String(match.2), attributes: attributes)
        }
    }

    /// Everything that is wrong; empty for a good page.
    var failures: [String] {
        var failures: [String] = []
        failures += malformed + unbalanced + pictures + links + headings + tables
        let ids = tags.compactMap { $0.attributes["id"] }
        if Set(ids).count != ids.count { failures.append("an id occurs twice") }
        for tag in tags {
            if let target = tag.attributes["aria-labelledby"], !ids.contains(target) {
                failures.append("no id \(target)")
            }
            if tag.attributes.keys.contains(where: { $0.hasPrefix("on") }) {
                failures.append("a script in <\(tag.name)>")
            }
        }
        let scripts = tags.filter { $0.name == "script" && !$0.isEnd }
        if scripts.count != (hasScript ? 1 : 0) { failures.append("\(scripts.count) scripts") }
        if hasScript { failures += unguarded(scripts) }
        if tags.first?.name != "html" || tags.first?.attributes["lang"] != "en" { failures.append("no language") }
        if !page.contains("Research use, not a medical device.") { failures.append("no research-use sentence") }
        for match in text.matches(of: #/\b(nan|NaN|nil|inf)\b|Optional\(/#) {
            failures.append("\(match.0) in the text")
        }
        return failures
    }

    /// Nothing runs but the page's script, and nothing is asked of a server.
    private func unguarded(_ scripts: [Tag]) -> [String] {
        let policy =
            tags.first { $0.attributes["http-equiv"] == "Content-Security-Policy" }?.attributes["content"] ?? ""
        let nonce = scripts.first?.attributes["nonce"] ?? ""
        let isGuarded =
            nonce.count >= 16 && policy.hasPrefix("default-src &#39;none&#39;;")
            && policy.contains("script-src &#39;nonce-\(nonce)&#39;;")
        return isGuarded ? [] : ["the policy lets other scripts in: \(policy)"]
    }

    /// What a reader sees, pictures left out.
    var text: String {
        page.replacing(#/(?s)<style[^>]*>.*?<\/style>/#, with: "").replacing(#/<[^>]*>/#, with: " ")
    }

    /// Every "<" starts one of the tags, the declaration or the style sheet.
    private var malformed: [String] {
        let starts = page.count { $0 == "<" }
        return starts == tags.count + 1 ? [] : ["\(starts) angle brackets for \(tags.count) tags and a declaration"]
    }

    private var unbalanced: [String] {
        var open: [String] = []
        for tag in tags where !["meta", "img", "br", "hr", "col"].contains(tag.name) {
            if !tag.isEnd {
                open.append(tag.name)
            } else if open.popLast() != tag.name {
                return ["</\(tag.name)> ends what was not begun"]
            }
        }
        return open.map { "<\($0)> is not ended" }
    }

    private var pictures: [String] {
        tags.filter { $0.name == "img" && $0.attributes["alt"] == nil }.map { _ in "a picture without alt" }
            + tags.filter { !$0.isEnd && $0.name == "svg" && ($0.attributes["aria-label"] ?? "").isEmpty }.map { _ in
                "a drawing without label"
            }
    }

    private var links: [String] {
        let targets = tags.flatMap { tag in ["href", "src"].compactMap { tag.attributes[$0] } }
        let outside = targets.filter {
            !$0.hasPrefix("#") && !$0.hasPrefix("data:image/png;base64,") && !$0.hasPrefix("./")
        }
        let urls = page.matches(of: #/(https?:|url\(|@import)/#).map { String($0.1) }
        let ids = Set(tags.compactMap { $0.attributes["id"] })
        let lost = targets.filter { $0.hasPrefix("#") && !ids.contains(String($0.dropFirst())) }
        return (outside + urls).map { "\($0) points outside" } + lost.map { "\($0) points nowhere" }
    }

    private var headings: [String] {
        let levels = tags.filter { !$0.isEnd && $0.name.count == 2 && $0.name.hasPrefix("h") }
            .compactMap { Int($0.name.dropFirst()) }
        let jumps = zip(levels, levels.dropFirst()).filter { $1 > $0 + 1 }.map { "h\($1) follows h\($0)" }
        return jumps + (levels.filter { $0 == 1 }.count == 1 && levels.first == 1 ? [] : ["not one h1 at the start"])
    }

    private var tables: [String] {
        tags.filter { !$0.isEnd && $0.name == "th" && $0.attributes["scope"] == nil }.map { _ in
            "a heading without scope"
        }
    }

    /// Texts of all elements of a name, in order.
    func texts(of name: String) -> [String] {
        guard let expression = try? Regex("<\(name)(?: [^>]*)?>(.*?)</\(name)>", as: (Substring, Substring).self) else {
            return []
        }
        return page.matches(of: expression).map { String($0.output.1).replacing(#/<[^>]*>/#, with: "") }
    }

    func attributes(_ attribute: String, of name: String) -> [String] {
        tags.filter { $0.name == name }.compactMap { $0.attributes[attribute] }
    }
}

/// Contrast of two `#rrggbb` colours by WCAG 2.2: 1 to 21.
func contrast(_ a: String, _ b: String) -> Double {
    func luminance(_ hex: String) -> Double {
        let value = UInt32(hex.dropFirst(), radix: 16) ?? 0
        func linear(_ shift: UInt32) -> Double {
            let component = Double(value >> shift & 255) / 255
            return component <= 0.04045 ? component / 12.92 : pow((component + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
    }
    let (high, low) = (max(luminance(a), luminance(b)), min(luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)
}
