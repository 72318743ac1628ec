import Bus

/// What the notifier is told when it is started.
package struct NotifierSettings: Sendable {
    /// The bus that the station is on.
    package var station = BusAddress.system
    /// The bus of the desktop.
    package var desktop = BusAddress.session
    /// The folder of the results.
    package var outbox = "/var/lib/lungtriage/outbox"
    package var minimumLevel = SeverityLevel.none
    package var memory: NewsMemoryFile
    package var environment: [String: String]
    package var timing = Timing()

    package init(memory: NewsMemoryFile, environment: [String: String]) {
        self.memory = memory
        self.environment = environment
    }

    /// Shorter in tests.
    package struct Timing: Sendable {
        /// More studies than `floodLimit` within `floodWindow` become one summary.
        package var floodLimit = 5
        package var floodWindow = Duration.seconds(10)
        /// Between two versions of a summary.
        package var summaryInterval = Duration.seconds(1)
        /// How long the notification daemon may take to answer.
        package var answerTimeout = Duration.seconds(5)
        /// How long the session bus may be away before the desktop counts as ended.
        package var patience = Duration.seconds(300)
        /// After an answer that did not come or was an error: doubled each time.
        package var firstRetry = Duration.seconds(1)
        package var longestRetry = Duration.seconds(60)
        /// Between attempts to read the station's history.
        package var historyPauses: [Duration] = [.milliseconds(500), .seconds(2), .seconds(5)]
        package var backOff = BusConnector.BackOff()

        package init() {}
    }
}
