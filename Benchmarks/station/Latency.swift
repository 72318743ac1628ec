import ArgumentParser
import TestDeadlines

/// One study at a time.
struct Latency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "From a file's name to its job and to its result.")

    @Option(help: "Studies.") var count = 200

    func run() async throws {
        let measurement = try await Measurement.begin()
        for number in 0..<count {
            try measurement.drop("s\(number)")
            try await eventually("study \(number)") { measurement.times.completed == number + 2 }
        }
        print("name → job     \(measurement.times.toJob)")
        print("name → result  \(measurement.times.toResult)")
        try await measurement.checkThatNothingWasLost(count + 1)
        measurement.station.stop()
    }
}
