import Imaging
import Severity
import Testing

/// A deterministic sequence (SplitMix64).
struct SeededRandom {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

/// A scan drawn by hand: voxels from functions of i (to the left), j (to the back), k (to the head).
struct HandMadeScan {
    let grid: Grid
    var ct: [Int16]
    var lungs: [UInt8]
    var lesions: [UInt8]

    init(
        _ i: Int, _ j: Int, _ k: Int, spacing: Spacing = Spacing(i: 1, j: 1, k: 1),
        hounsfield: (Int, Int, Int) -> Int16 = { _, _, _ in -800 }, lungs: (Int, Int, Int) -> UInt8,
        lesions: (Int, Int, Int) -> UInt8 = { _, _, _ in 0 }
    ) throws {
        grid = try Grid(size: GridSize(i: i, j: j, k: k), affine: Affine(order: .lps, spacing: spacing))
        var places: [(Int, Int, Int)] = []
        for z in 0..<k { for y in 0..<j { for x in 0..<i { places.append((x, y, z)) } } }
        ct = places.map(hounsfield)
        self.lungs = places.map(lungs)
        self.lesions = places.map(lesions)
    }

    /// Two boxes of 4×5 voxels in every slice, right of i = 4 and from i = 6 on.
    static func twoLungs(
        slices: Int, spacing: Spacing = Spacing(i: 1, j: 1, k: 1),
        hounsfield: (Int, Int, Int) -> Int16 = { _, _, _ in -800 }, lesions: (Int, Int, Int) -> UInt8
    ) throws -> HandMadeScan {
        try HandMadeScan(
            10, 5, slices, spacing: spacing, hounsfield: hounsfield, lungs: { i, _, _ in i < 4 ? 1 : i < 6 ? 0 : 2 },
            lesions: lesions)
    }

    func volume(_ voxels: [UInt8]) throws -> LabelVolume { try LabelVolume(grid: grid, voxels: voxels) }

    func scores(
        _ facts: ScanFacts = ScanFacts(), binary: [UInt8]? = nil, isBinary: Bool = false,
        remarks: [QualityRemark] = []
    ) throws -> SeverityScores {
        let map = try volume(lesions)
        let maps: LesionMaps =
            if let binary { .both(binary: try volume(binary), multiclass: map) } else if isBinary { .binary(map) } else
            {
                .multiclass(map)
            }
        return try SeverityScores(
            ct: CTVolume(grid: grid, voxels: ct), lungs: volume(lungs), lesions: maps, facts: facts, remarks: remarks)
    }
}

extension SeverityScores {
    func zone(_ side: LungSide, _ third: ZoneScores.Third) throws -> ZoneScores {
        try #require(zones.first { $0.side == side && $0.third == third })
    }

    func lung(_ side: LungSide) throws -> LungScores { try #require(lungs.first { $0.side == side }) }

    func hasRemark(_ code: String) -> Bool { remarks.contains { $0.code == code } }
}

/// Whether two numbers are as good as equal; nil is not.
func isClose(_ a: Double?, _ b: Double, within tolerance: Double = 1e-9) -> Bool {
    a.map { abs($0 - b) <= tolerance } ?? false
}
