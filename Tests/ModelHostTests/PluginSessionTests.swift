import Foundation
import ModelHost
import PluginTestSupport
import Synchronization
import Testing

@Suite struct PluginSessionTests {
    let home: PluginFolder
    /// 3×2 voxels in 3 slices; all but the first column are lung.
    let input = PluginInput(
        columns: 3, rows: 2, sliceCount: 3, spacing: (1, 1, 2),
        volume: (0..<18).map { $0 % 2 == 0 ? -400 : -900 }, slices: [0, 1],
        lungs: (0..<18).map { $0 % 3 == 0 ? 0 : 1 })

    init() throws { home = try PluginFolder() }

    @Test func labelsComeBackForTheSlicesThatWereAskedFor() throws {
        let shares = Mutex<[Double]>([])
        let output = try ThresholdPlugin(in: home.url).open()
            .segment(input, progress: { share in shares.withLock { $0.append(share) } })
        #expect(output.labels == [0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
        #expect(output.probabilities == nil)
        #expect(shares.withLock { $0 } == [0.5, 1])
    }

    @Test func probabilitiesComeWhenTheyAreWanted() throws {
        let output = try ThresholdPlugin(in: home.url).open().segment(input, wantsProbabilities: true)
        #expect(output.probabilities?.prefix(3) == [0, 0.25, 0.75])
    }

    @Test func whatAPluginLogsArrivesUntilItIsClosed() throws {
        let lines = Mutex<[String]>([])
        do {
            let session = try ThresholdPlugin(in: home.url).open { level, text in
                lines.withLock { $0.append("\(level) \(text)") }
            }
            _ = try session.segment(input)
            _ = try session.segment(input)
        }
        #expect(lines.withLock { $0 } == ["info \(home.url.path)/threshold", "warning closed after 2"])
    }

    @Test(arguments: [
        ThresholdPlugin.Fault.unknownLabel, .unaskedSlice, .wildProbabilities,
    ]) func outputThatMakesNoSenseIsAnError(_ fault: ThresholdPlugin.Fault) throws {
        let session = try ThresholdPlugin(fault, in: home.url).open()
        let error = try #require(throws: PluginError.self) { try session.segment(input, wantsProbabilities: true) }
        #expect(error.code == .badOutput)
    }

    @Test(.timeLimit(.minutes(1))) func aPluginThatNeverReturnsIsToldToStop() throws {
        let session = try ThresholdPlugin(.neverReturns, in: home.url).open()
        let asked = Atomic(0)
        let error = try #require(throws: PluginError.self) {
            try session.segment(input, isCancelled: { asked.wrappingAdd(1, ordering: .relaxed).newValue > 1000 })
        }
        #expect(error.code == .cancelled)
    }

    @Test func whyAPluginCannotBeOpenedIsSaid() throws {
        let plugin = try ThresholdPlugin(.cannotOpen, in: home.url)
        let error = try #require(throws: PluginError.self) { try plugin.open() }
        #expect(error.code == .badModel && error.message == "The weights are for another network.")
    }

    @Test func aMessageWithoutAnEndIsCutOff() throws {
        let plugin = try ThresholdPlugin(.endlessMessage, in: home.url)
        let error = try #require(throws: PluginError.self) { try plugin.open() }
        #expect(error.code == .failed && error.message == String(repeating: "x", count: 1024))
    }

    @Test func aPluginThatSuitsNoDeviceIsNotOpened() throws {
        let plugin = try ThresholdPlugin(.runsNowhere, in: home.url)
        let error = try #require(throws: PluginError.self) { try plugin.open() }
        #expect(error.code == .cannotRunHere)
    }

    @Test func aPluginRefusesWhatItCannotTake() throws {
        var input = input
        input.lungs = nil
        let session = try ThresholdPlugin(in: home.url).open()
        let error = try #require(throws: PluginError.self) { try session.segment(input) }
        #expect(error.code == .badInput && error.message == "Lungs are needed.")
    }

    @Test func buffersOfTheWrongSizeNeverReachAPlugin() throws {
        let session = try ThresholdPlugin(in: home.url).open()
        let changes: [(inout PluginInput) -> Void] = [
            { $0.volume.removeLast() }, { $0.lungs?.append(1) }, { $0.slices = [0, 3] }, { $0.slices = [1, 0] },
            { $0.slices = [-1] }, { $0.columns = 0 }, { $0.columns = .max },
        ]
        for change in changes {
            var wrong = input
            change(&wrong)
            let error = try #require(throws: PluginError.self) { try session.segment(wrong) }
            #expect(error.code == .badInput)
        }
    }

    @Test func theDeviceWithTheHighestScoreIsTaken() throws {
        let plugin = try ThresholdPlugin(in: home.url).catalog.plugin("threshold")
        let gpu = ComputeDevice(.cuda(ordinal: 0), threads: 1)
        #expect(try plugin.preferredDevice(among: [gpu, ThresholdPlugin.cpu]).kind == .cpu)
        #expect(throws: PluginError.self) { try plugin.preferredDevice(among: [gpu]) }
        #expect(throws: PluginError.self) { try plugin.preferredDevice(among: []) }
    }
}
