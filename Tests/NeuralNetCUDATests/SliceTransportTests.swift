import CUDATestSupport
import Foundation
import Imaging
import NeuralNet
import NeuralNetCUDA
import Segmentation
import Synchronization
import TestDeadlines
import Testing

/// Volumes through a network on the stand-in of a GPU, where pictures and labels are the device's work too, against the CPU
/// backend, where they are the host's.
@Suite("Slices through a device")
struct SliceTransportTests {
    private static let size = GridSize(i: 30, j: 26, k: 7)

    private let model: SegmentationModel
    private let volume: CTVolume
    private let lungs: LabelVolume

    init() throws {
        let grid = try Grid(
            size: Self.size, affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 2)))
        var random = SeededGenerator(seed: 5)
        // Smooth enough that a network's scores are, too.
        var voxels: [Int16] = []
        for k in 0..<Self.size.k {
            let (a, b) = (Double.random(in: 0.1...0.6, using: &random), Double.random(in: 0.1...0.6, using: &random))
            for j in 0..<Self.size.j {
                for i in 0..<Self.size.i {
                    let value = -400 + 500 * sin(a * Double(i) + Double(k)) * cos(b * Double(j))
                    voxels.append(Int16(value) + Int16.random(in: -40...40, using: &random))
                }
            }
        }
        volume = try CTVolume(grid: grid, voxels: voxels)
        lungs = try LabelVolume(
            grid: grid,
            voxels: (0..<grid.size.voxels).map { voxel in
                let (i, j) = (voxel % Self.size.i, voxel / Self.size.i % Self.size.j)
                return 6..<22 ~= i && 4..<(14 + voxel / (Self.size.i * Self.size.j)) ~= j ? 1 : 0
            })
        model = try SegmentationModel(
            architecture: ArchitectureDescription(UNet(inputChannels: 1, classes: 3, depth: 1, baseFilters: 4)), seed: 4
        )
    }

    private func segmenter<B: Backend>(
        _ backend: B, crop: SliceCrop = .lungs, mirrored: Bool = true, batch: Int = 2,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> VolumeSegmenter<B> {
        try VolumeSegmenter(
            model, preparation: InputPreparation(crop: crop, height: 12, width: 16), backend: backend,
            averagesMirrored: mirrored, microBatch: batch, notice: notice)
    }

    private static let slices = [0, 1, 3, 4, 6]

    private func expected(crop: SliceCrop = .lungs, mirrored: Bool = true) throws -> VolumePrediction {
        try segmenter(CPUBackend(threads: 1), crop: crop, mirrored: mirrored)
            .prediction(of: volume, slices: Self.slices, lungs: lungs, wantsProbabilities: true)
    }

    @Test("Labels are the host's", arguments: [1, 2, 3, 8], [false, true])
    func labels(batch: Int, mirrored: Bool) throws {
        for crop in SliceCrop.allCases {
            let expected = try expected(crop: crop, mirrored: mirrored)
            #expect(Set(expected.labels.voxels).count > 1, "Nothing is to be told apart.")
            try withStandIn { gpu, libraries in
                let segmenter = try segmenter(gpu, crop: crop, mirrored: mirrored, batch: batch)
                // Twice: the second time what was recorded is replayed, in memory that holds the first time's values.
                for _ in 0..<2 {
                    let shares = Shares()
                    let found = try segmenter.prediction(
                        of: volume, slices: Self.slices, lungs: lungs, progress: { shares.append($0) })
                    #expect(found.labels.voxels == expected.labels.voxels, "\(crop)")
                    #expect(found.probabilities == nil)
                    #expect(shares.values.last == 1 && shares.values == shares.values.sorted())
                }
                let seen = try segmenter.prediction(
                    of: volume, slices: Self.slices, lungs: lungs, wantsProbabilities: true)
                #expect(seen.labels.voxels == expected.labels.voxels)
                let difference = largestDifference(
                    seen.probabilities?.voxels ?? [], expected.probabilities?.voxels ?? [0])
                #expect(difference <= 1e-5)
                #expect(libraries.calls("cuGraphLaunch") > 0)
            }
        }
    }

    /// The line of accuracy that the station holds to.
    @Test(arguments: [ElementType.float16, .bfloat16])
    func fewLabelsDifferInSixteenBits(element: ElementType) throws {
        let expected = try expected().labels.voxels
        try withStandIn(element) { gpu, _ in
            let found = try segmenter(gpu).labels(of: volume, slices: Self.slices, lungs: lungs).voxels
            let same = zip(found, expected).count { $0 == $1 }
            let least = element == .float16 ? 0.999 : 0.99
            #expect(Double(same) >= least * Double(expected.count), "\(expected.count - same) differ")
        }
    }

    /// Volumes of other sizes, one after the other, as studies come.
    @Test func everySizeGetsItsMemory() throws {
        try withStandIn { gpu, _ in
            let (device, host) = (
                try segmenter(gpu, crop: .wholeSlice), try segmenter(CPUBackend(threads: 1), crop: .wholeSlice)
            )
            for (i, j) in [(30, 26), (9, 40), (30, 26), (50, 7)] {
                let size = GridSize(i: i, j: j, k: 3)
                let grid = try Grid(size: size, affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
                let part = try CTVolume(
                    grid: grid, voxels: (0..<size.voxels).map { volume.voxels[$0 * 7 % volume.voxels.count] })
                let found = try device.labels(of: part, slices: [0, 1, 2]).voxels
                #expect(found == (try host.labels(of: part, slices: [0, 1, 2]).voxels), "\(i)×\(j)")
            }
        }
    }

    @Test func aBatchIsCopiedWhileTheOneBeforeIsWorkedOn() throws {
        try withStandIn { gpu, libraries in
            let segmenter = try segmenter(gpu, mirrored: false, batch: 1)
            _ = try segmenter.labels(of: volume, slices: [0, 1], lungs: lungs)
            libraries.set("journal")
            _ = try segmenter.labels(of: volume, slices: Self.slices, lungs: lungs)
            libraries.set("journal", 0)
            let journal = libraries.journal
            let work = try #require(journal.first { $0.what == "graph" }).stream
            let copies = try #require(journal.first { $0.what == "to device" }).stream
            #expect(work != copies)
            // Everything on its way to the device goes beside the work.
            #expect(journal.allSatisfy { $0.what != "to device" || $0.stream == copies })
            // No copy before the work has read what was there.
            for index in journal.indices where journal[index] == (copies, "to device") {
                let before = journal[..<index].last { $0.stream == copies && $0.what != "to device" }
                #expect(before?.what == "hold")
            }
            let passes = journal.indices.filter { journal[$0].what == "graph" }
            let waits = journal.indices.filter { journal[$0] == (work, "wait") }
            #expect(passes.count == Self.slices.count && waits.count == Self.slices.count)
            for batch in passes.indices.dropLast() {
                // The next batch was under way before the host waited for this one's labels,
                #expect(passes[batch + 1] < waits[batch], "batch \(batch)")
                // and its slices were copied after this one's work was enqueued.
                #expect(
                    journal[passes[batch]..<passes[batch + 1]].contains { $0 == (copies, "to device") },
                    "batch \(batch)")
            }
        }
    }

    // MARK: - Memory that runs out

    /// At every call that asks for memory, whichever that is: once out of memory, the batch is halved and all goes on.
    @Test func outOfMemoryHalvesBatches() throws {
        let expected = try expected().labels.voxels
        var halved = 0
        for call in [1, 2, 3, 6, 9, 12, 18, 24] {
            try withStandIn { gpu, libraries in
                let told = Notices()
                libraries.fail("cuMemAlloc_v2", call: call, result: 2)
                let segmenter = try segmenter(gpu, batch: 4, notice: { told.append($0) })
                let found = try segmenter.labels(of: volume, slices: Self.slices, lungs: lungs).voxels
                #expect(found == expected, "call \(call)")
                // Timing engines asks for memory, too, and does without.
                #expect(told.texts.count <= 1, "\(told.texts)")
                #expect(told.texts.allSatisfy { $0.contains("4 slices at a time; from now on it gets 2") })
                halved += told.texts.count
            }
        }
        #expect(halved >= 4, "Only \(halved) calls were those of slices.")
    }

    @Test("Work that finds no memory is done again, in smaller batches", arguments: [1, 5, 14])
    func outOfMemoryUnderWay(call: Int) throws {
        let expected = try expected().labels.voxels
        try withStandIn { gpu, libraries in
            let told = Notices()
            let segmenter = try segmenter(gpu, batch: 2, notice: { told.append($0) })
            libraries.fail("cudnnBackendExecute", call: call, result: 4004)
            let found = try segmenter.labels(of: volume, slices: Self.slices, lungs: lungs).voxels
            #expect(found == expected)
            #expect(told.texts.count == 1 && told.texts[0].contains("2 slices at a time; from now on it gets 1"))
        }
    }

    @Test func batchesFitTheMemoryThatIsFree() throws {
        let expected = try expected().labels.voxels
        try withStandIn { gpu, libraries in
            let told = Notices()
            // The backend's own memory, and not much more.
            let used = 4096 - gpu.availableBytes() >> 20
            libraries.set("device megabytes", used + 1)
            let segmenter = try segmenter(gpu, batch: 512, notice: { told.append($0) })
            #expect(try segmenter.labels(of: volume, slices: Self.slices, lungs: lungs).voxels == expected)
            #expect(told.texts.count >= 1, "512 slices fit into a megabyte.")
        }
    }

    @Test func noRoomForOneSliceIsAnError() throws {
        try withStandIn { gpu, libraries in
            let segmenter = try segmenter(gpu, batch: 4)
            libraries.set("always cudnnBackendExecute", 4004)
            do {
                _ = try segmenter.labels(of: volume, slices: Self.slices, lungs: lungs)
                Issue.record("Nothing was thrown.")
            } catch let error as NeuralNetError {
                #expect(error.code == .outOfMemory)
            }
            libraries.set("always cudnnBackendExecute", 0)
            let found = try segmenter.labels(of: volume, slices: Self.slices, lungs: lungs).voxels
            #expect(found == (try expected().labels.voxels))
        }
    }

    // MARK: - Failures

    @Test func aFailureIsToldOnceAndTheNextVolumeIsWell() throws {
        try withStandIn { gpu, libraries in
            let segmenter = try segmenter(gpu)
            libraries.fail("cuMemcpyHtoDAsync_v2", call: 2, result: 719)
            #expect(throws: NeuralNetError.self) {
                try segmenter.labels(of: volume, slices: Self.slices, lungs: lungs)
            }
            let found = try segmenter.labels(of: volume, slices: Self.slices, lungs: lungs).voxels
            #expect(found == (try expected().labels.voxels))
        }
    }

    /// A failure of work that nobody waits for any more is not the next volume's.
    @Test func whatWasGivenUpLeavesNothingBehind() throws {
        struct GivenUp: Error {}
        try withStandIn { gpu, libraries in
            let segmenter = try segmenter(gpu, crop: .wholeSlice)
            libraries.fail("cudnnBackendExecute", result: 5000)
            #expect(throws: GivenUp.self) {
                try segmenter.predict(count: 7, wantsProbabilities: false) { range in
                    guard range.lowerBound == 0 else { throw GivenUp() }
                    let plane = Self.size.i * Self.size.j
                    let size = GridSize(i: Self.size.i, j: Self.size.j, k: range.count)
                    let grid = try Grid(size: size, affine: volume.grid.affine)
                    return (try CTVolume(grid: grid, voxels: Array(volume.voxels[..<(range.count * plane)])), nil)
                } write: { range, _ in
                    Issue.record("Slices \(range) were written.")
                }
            }
            let found = try segmenter.labels(of: volume, slices: Self.slices).voxels
            #expect(found == (try expected(crop: .wholeSlice).labels.voxels))
        }
    }

    @Test func scoresThatAreNotFiniteAreAnError() throws {
        var model = model
        let name = try #require(model.network.parameters.last { $0.role == .bias }?.name)
        // Finite, but beyond what float16 holds.
        try model.parameters.set(name, to: [1e6, 0, 0])
        let broken = model
        try withStandIn(.float16) { gpu, _ in
            let segmenter = try VolumeSegmenter(
                broken, preparation: InputPreparation(crop: .wholeSlice, height: 12, width: 16), backend: gpu)
            do {
                _ = try segmenter.labels(of: volume, slices: [0])
                Issue.record("Nothing was thrown.")
            } catch let error as NeuralNetError {
                #expect(error.code == .notFinite)
            }
        }
    }
}

/// Two callers of one backend.
@Suite("Sums with several callers")
struct SharedSumTests {
    @Test func everyCallerGetsItsOwnSum() async throws {
        let libraries = try StandInLibraries()
        let backend = try CUDABackend(libraries.options())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 1...4 {
                group.addTask {
                    let bad = try backend.slice([Float](repeating: .nan, count: caller) + [1, 2, 3])
                    let values = try backend.slice([Float](repeating: 2, count: 100 * caller))
                    let sum = try backend.scratch(8)
                    let view = DeviceView(
                        buffer: bad.buffer, offset: 0, shape: try Shape(n: 1, h: 1, w: 1, c: caller + 3),
                        stride: caller + 3)
                    for _ in 0..<100 {
                        #expect(try backend.countNotFinite(view) == caller)
                        backend.sumOfSquares(values, into: sum)
                        let squares = try backend.bytes(sum).withUnsafeBytes { $0.loadUnaligned(as: Double.self) }
                        #expect(squares == Double(400 * caller))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(libraries.violations == "")
    }
}

private final class Notices: Sendable {
    private let stored = Mutex<[String]>([])
    var texts: [String] { stored.withLock { $0 } }
    func append(_ text: String) { stored.withLock { $0.append(text) } }
}

private final class Shares: Sendable {
    private let stored = Mutex<[Double]>([])
    var values: [Double] { stored.withLock { $0 } }
    func append(_ share: Double) { stored.withLock { $0.append(share) } }
}
