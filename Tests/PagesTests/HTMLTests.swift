import Pages
import Testing

/// Markup as text from outside would like to break it.
@Suite struct HTMLTests {
    @Test func textIsEscaped() {
        #expect(HTML("<a> & \"b\" 'c'").markup == "&lt;a&gt; &amp; &quot;b&quot; &#39;c&#39;")
        let value = "<i>\""
        #expect(("\(value)" as HTML).markup == "&lt;i&gt;&quot;")
        #expect(
            HTML.element("b", ["title": "\"><script>"], "x<y").markup
                == "<b title=\"&quot;&gt;&lt;script&gt;\">x&lt;y</b>")
        #expect(HTML.element("img", ["alt": ""]).markup == "<img alt=\"\">")
    }
}
