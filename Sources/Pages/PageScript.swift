/// The one script of a page. The page says that it runs this and nothing else, and asks no server for anything: markup that
/// somehow got in through a name could do nothing.
package struct PageScript: Sendable {
    let source: String
    private let data: [(name: String, value: String)]
    /// Not to be guessed by who names a file; new for every page.
    let nonce: String

    /// `source` is written as it is, so it must not hold `</` or `<!--`; it finds `data` in its element's `dataset`.
    package init(_ source: String, data: KeyValuePairs<String, String> = [:]) {
        var generator = SystemRandomNumberGenerator()
        self.source = source
        self.data = data.map { (name: $0.key, value: $0.value) }
        nonce = [generator.next(), generator.next()].map { String($0, radix: 16) }.joined()
    }

    /// Files beside the page, whether it is opened as a file or from a server.
    var policy: String {
        "default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; img-src 'self' file:; "
            + "frame-src 'self' file:; base-uri 'none'; form-action 'none'"
    }

    var attributes: String { data.map { " data-\($0.name)=\"\(HTML($0.value).markup)\"" }.joined() }
}
