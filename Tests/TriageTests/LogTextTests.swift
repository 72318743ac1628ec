import Platform
import Testing

@Suite struct LogTextTests {
    @Test func aMessageStaysOneLineWithoutControlCharacters() {
        #expect(LogText.withoutControls("a\r\n<2>b\nc\u{1b}[2J\u{0}") == "a  <2>b c [2J ")
        #expect(LogText.withoutControls("Größe 3 µm, “e\u{301}”") == "Größe 3 µm, “e\u{301}”")
    }
}
