import Imaging
import Testing

/// A deterministic sequence (SplitMix64) for pictures and volumes.
struct PictureRandom {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 32) }
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

/// The first pixel in which two pictures differ, in words; nil where they are equal.
func firstDifference(_ a: Picture, _ b: Picture) -> String? {
    guard a.width == b.width, a.height == b.height else {
        return "sizes \(a.width)×\(a.height) and \(b.width)×\(b.height)"
    }
    for y in 0..<a.height {
        for x in 0..<a.width where a[x, y] != b[x, y] { return "(\(x), \(y)): \(a[x, y]) and \(b[x, y])" }
    }
    return nil
}

/// The smallest rectangle around the pixels that satisfy a condition; nil where none does.
func bounds(of picture: Picture, where condition: (RGB) -> Bool) -> (x: ClosedRange<Int>, y: ClosedRange<Int>)? {
    var found: (x: ClosedRange<Int>, y: ClosedRange<Int>)?
    for y in 0..<picture.height {
        for x in 0..<picture.width where condition(picture[x, y]) {
            let old = found ?? (x...x, y...y)
            found = (min(old.x.lowerBound, x)...max(old.x.upperBound, x), old.y.lowerBound...y)
        }
    }
    return found
}

/// A volume in LPS order from a function of the voxel.
func makeVolume<Voxel>(
    _ size: GridSize, spacing: Spacing = Spacing(i: 1, j: 1, k: 1), origin: WorldPoint = WorldPoint(x: 0, y: 0, z: 0),
    _ value: (Int, Int, Int) -> Voxel
) throws -> Volume<Voxel, LPS> {
    let grid = try Grid(size: size, affine: Affine(order: .lps, spacing: spacing, origin: origin))
    var voxels: [Voxel] = []
    for k in 0..<size.k { for j in 0..<size.j { for i in 0..<size.i { voxels.append(value(i, j, k)) } } }
    return try Volume(grid: grid, voxels: voxels)
}
