/// Text for one line of a log.
package enum LogText {
    /// The text with spaces for its control characters: a worker's words could otherwise begin lines of their own, or speak
    /// to the terminal. By scalars: to Swift, a carriage return with a newline is a character of its own.
    package static func withoutControls(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
