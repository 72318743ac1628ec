import ArgumentParser
import Foundation
import TestDeadlines

/// All at once: how a modality pushes a night's backlog.
struct Burst: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Files dropped as fast as the disk takes them.")

    @Option(help: "Files.") var count = 10_000
    @Option(help: "Files a second; 0 for as fast as the disk takes them.") var rate = 0.0

    func run() async throws {
        let measurement = try await Measurement.begin()
        let times = measurement.times
        let start = ContinuousClock.now
        for number in 0..<count {
            try measurement.drop("s\(number)")
            if rate > 0 { try await Task.sleep(until: start + .seconds(Double(number + 1) / rate)) }
        }
        let dropped = ContinuousClock.now
        print("dropped in \(Spread.text((dropped - start) / .seconds(1))) s")
        try await report(measurement, from: start)
        print("name → job     \(times.toJob)")
        print("name → result  \(times.toResult)")
        try await measurement.checkThatNothingWasLost(count + 1)
        measurement.station.stop()
    }

    /// A line for each tenth of the studies: flat columns mean that a long queue costs nothing.
    private func report(_ measurement: Measurement, from start: ContinuousClock.Instant) async throws {
        print("    s  queued  completed  resident MB  CPU ms a study")
        var before = measurement.readings
        var (completed, mark) = (measurement.times.completed, count / 10)
        while measurement.times.completed <= count {
            try await eventually("another study", within: 60) {
                measurement.times.completed >= min(mark, count + 1)
            }
            let readings = measurement.readings
            let done = measurement.times.completed
            let cost = (readings.processorSeconds - before.processorSeconds) / Double(max(1, done - completed)) * 1e3
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(
                Self.column(Spread.text(seconds), 5), Self.column("\(measurement.times.queued)", 7),
                Self.column("\(done)", 10), Self.column(Spread.text(readings.resident), 12),
                Self.column(Spread.text(cost), 15))
            (before, completed, mark) = (readings, done, done + count / 10)
        }
        print("peak \(Spread.text(measurement.readings.peak)) MB")
    }

    static func column(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
