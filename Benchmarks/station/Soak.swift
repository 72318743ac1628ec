import ArgumentParser
import TestDeadlines

/// A few files at a time, for long: what leaks shows.
struct Soak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Memory and cost over many studies.")

    @Option(help: "Studies.") var count = 5_000
    @Option(help: "Files that wait at a time.") var waiting = 8

    func run() async throws {
        let measurement = try await Measurement.begin()
        let times = measurement.times
        print("studies  resident MB  anonymous MB  CPU ms a study  studies a second")
        var (before, start) = (measurement.readings, ContinuousClock.now)
        let step = max(1, count / 10)
        for number in 0..<count {
            try await eventually("room", within: 60) { number - times.completed < waiting }
            try measurement.drop("s\(number)")
            guard (number + 1) % step == 0 else { continue }
            let (readings, now) = (measurement.readings, ContinuousClock.now)
            let cost = (readings.processorSeconds - before.processorSeconds) / Double(step) * 1e3
            print(
                Burst.column("\(number + 1)", 7), Burst.column(Spread.text(readings.resident), 12),
                Burst.column(Spread.text(readings.anonymous), 13), Burst.column(Spread.text(cost), 15),
                Burst.column(Spread.text(Double(step) / ((now - start) / .seconds(1))), 17))
            (before, start) = (readings, now)
        }
        try await eventually("the last studies", within: 60) { times.completed == count + 1 }
        print("peak \(Spread.text(measurement.readings.peak)) MB")
        try await measurement.checkThatNothingWasLost(count + 1)
        measurement.station.stop()
    }
}
