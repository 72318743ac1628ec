import Foundation
import Imaging

/// What `Tests/Golden/volumes/make_volumes.py` computed with scipy, numpy, SimpleITK and PyTorch.
struct GoldenVolumes: Decodable {
    struct Components: Decodable {
        let seed: UInt64, size: [Int], percent: UInt64, connectivity: Int
        let count: Int, labels: String, sizes: String, largest: Int, largestMask: String, withoutSmall: String
        let box: [[Int]], centroid: [Double]
    }
    struct Holes: Decodable { let seed: UInt64, size: [Int], percent: UInt64, inSlices: String, inVolume: String }
    struct Morphology: Decodable {
        let kind: String, spacing: [Double], argument: [Double], seed: UInt64, size: [Int], percent: UInt64
        let dilated: String, eroded: String, opened: String, closed: String
    }
    struct Distances: Decodable {
        let seed: UInt64, size: [Int], percent: UInt64, spacing: [Double], distances: String, signed: String
    }
    struct Picture: Decodable {
        let seed: UInt64, size: [Int], i: [Int], j: [Int], height: Int, width: Int
        let values: [Float], nearest: String, restored: [Float]
    }
    struct Resampled: Decodable {
        let seed: UInt64, sourceSize: [Int], source: [[Double]], size: [Int], target: [[Double]]
        let linear: [Double], nearest: String
    }
    struct Statistics: Decodable {
        let seed: UInt64, labelSeed: UInt64, size: [Int], label: UInt8, voxels: Int, mean: Double
        let standardDeviation: Double, atLeastMinus200: Int, percentiles: [Double], bySlice: [Int]
    }
    let components: [Components], holes: [Holes], morphology: [Morphology], distances: [Distances]
    let pictures: [Picture], resampled: [Resampled], statistics: [Statistics]

    static func load() throws -> GoldenVolumes {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appending(path: "Golden/volumes/volumes.json")
        return try JSONDecoder().decode(GoldenVolumes.self, from: Data(contentsOf: file))
    }
}

/// SplitMix64's value at an index, as in the script.
func randomValue(_ seed: UInt64, _ index: Int) -> UInt64 {
    var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

func makeGrid(_ size: [Int], spacing: [Double] = [1, 1, 1]) throws -> Grid {
    let spacing = Spacing(i: spacing[0], j: spacing[1], k: spacing[2])
    return try Grid(
        size: GridSize(i: size[0], j: size[1], k: size[2]), affine: Affine(order: .lps, spacing: spacing))
}

func makeMask(_ seed: UInt64, _ size: [Int], percent: UInt64, spacing: [Double] = [1, 1, 1]) throws -> LabelVolume {
    let grid = try makeGrid(size, spacing: spacing)
    return try LabelVolume(
        grid: grid, voxels: (0..<grid.size.voxels).map { randomValue(seed, $0) % 100 < percent ? 1 : 0 })
}

func makeLabels(_ seed: UInt64, on grid: Grid) throws -> LabelVolume {
    try LabelVolume(grid: grid, voxels: (0..<grid.size.voxels).map { UInt8(randomValue(seed, $0) % 4) })
}

func makeHounsfield(_ seed: UInt64, on grid: Grid) throws -> CTVolume {
    try CTVolume(grid: grid, voxels: (0..<grid.size.voxels).map { Int16(Int(randomValue(seed, $0) % 3000) - 1024) })
}

/// The script's hash over whole numbers.
func digest(_ values: some Sequence<Int>) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for value in values { hash = (hash ^ UInt64(bitPattern: Int64(value))) &* 0x100_0000_01B3 }
    return String(hash)
}

func digest(_ volume: LabelVolume) -> String { digest(volume.voxels.lazy.map { Int($0) }) }

/// Where two sequences first differ by more than a tolerance, as text; nil where they do not.
func firstDifference(_ actual: [Double], _ expected: [Double], tolerance: Double) -> String? {
    guard actual.count == expected.count else { return "\(actual.count) values instead of \(expected.count)" }
    for (index, (a, e)) in zip(actual, expected).enumerated() where !(abs(a - e) <= tolerance) {
        return "value \(index) is \(a) instead of \(e)"
    }
    return nil
}

/// The code of the `ImagingError` that a closure throws; nil when it throws none.
func imagingErrorCode(_ body: () throws -> Void) -> ImagingError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? ImagingError)?.code
    }
}
