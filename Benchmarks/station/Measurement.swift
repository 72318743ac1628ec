import Foundation
import StationTestSupport
import TestDeadlines

/// A daemon with a listener, ready.
struct Measurement {
    let station: Station
    let times: StudyTimes

    /// Starts it and waits until the first study went through.
    static func begin() async throws -> Measurement {
        let station = try Station(hears: false)
        let times = StudyTimes(on: station)
        try await eventually("the listener") { times.isConnected }
        try station.start()
        let measurement = Measurement(station: station, times: times)
        try station.drop("first.nii", "first")
        try await eventually("the first study") { times.completed == 1 }
        return measurement
    }

    var readings: ProcessReadings { ProcessReadings(of: station.process ?? 0) }

    func drop(_ study: String) throws {
        try station.drop(study + ".nii", study)
        times.dropped(study, at: .now)
    }

    /// What must hold whatever was measured: each study has one result and one piece of news.
    func checkThatNothingWasLost(_ count: Int) async throws {
        try await eventually("results of \(count) studies", within: 60) {
            station.names("outbox").subtracting(["index.html"]).count == count
        }
        let odd = times.studies.filter { $0.value.completions != 1 }
        guard odd.isEmpty else { throw Lost(studies: odd.keys.sorted()) }
        print("nothing lost: \(count) results, \(count) signals")
    }
}

struct Lost: Error, CustomStringConvertible {
    let studies: [String]
    var description: String { "\(studies.count) studies without exactly one signal: \(studies.prefix(10))" }
}
