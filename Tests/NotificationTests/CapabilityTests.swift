import Notifications
import Testing

@Suite struct CapabilityTests {
    private let text = NotificationText(title: "Severe: <b>A & B</b>", body: ["5 < 7 & \"so\" on", "second"])

    @Test func `a body that is read as markup is escaped, the title never`() {
        let desktop = DesktopCapabilities(["body", "body-markup"])
        #expect(desktop.body(text) == "5 &lt; 7 &amp; &quot;so&quot; on\nsecond")
        #expect(desktop.title(text) == "Severe: <b>A & B</b>")
    }

    @Test func `a body that is shown as it is stays so`() {
        #expect(DesktopCapabilities(["body"]).body(text) == "5 < 7 & \"so\" on\nsecond")
    }

    @Test func `without a body the title says the most important`() {
        let desktop = DesktopCapabilities([])
        #expect(desktop.body(text).isEmpty)
        #expect(desktop.title(text) == "Severe: <b>A & B</b> – 5 < 7 & \"so\" on")
    }
}
