/// Where the notifier says what happens.
package struct NotifierLog: Sendable {
    package enum Level: Hashable, Sendable {
        case info, warning, error
    }

    private let write: @Sendable (Level, String) -> Void

    package init(_ write: @escaping @Sendable (Level, String) -> Void) { self.write = write }

    package func callAsFunction(_ level: Level, _ message: String) { write(level, message) }
}
