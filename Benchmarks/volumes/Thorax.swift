import Imaging

/// A body in air: two lungs with vessels, noise everywhere. Only its size, noise and number of separate pieces matter.
func makeThorax(_ size: GridSize) throws -> CTVolume {
    let grid = try Grid(size: size, affine: Affine(order: .lps, spacing: Spacing(i: 0.7, j: 0.7, k: 2)))
    var volume = try CTVolume(grid: grid, voxels: [Int16](repeating: -1000, count: size.voxels))
    var state: UInt64 = 1
    volume.withMutableVoxels { voxels in
        for voxel in 0..<size.voxels {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let noise = Double(state >> 33) / Double(UInt32.max >> 1) - 0.5
            let (row, i) = voxel.quotientAndRemainder(dividingBy: size.i)
            let (k, j) = row.quotientAndRemainder(dividingBy: size.j)
            voxels[voxel] = hounsfield(
                Double(i) / Double(size.i) - 0.5, Double(j) / Double(size.j) - 0.5, Double(k) / Double(size.k) - 0.5,
                noise)
        }
    }
    return volume
}

/// The value at a place between −½ and ½ along each axis.
private func hounsfield(_ x: Double, _ y: Double, _ z: Double, _ noise: Double) -> Int16 {
    guard x * x / 0.19 + y * y / 0.11 < 1 else { return Int16(-1000 + 60 * noise) }
    let lungX = abs(x) - 0.21
    guard lungX * lungX / 0.022 + y * y / 0.06 + z * z / 0.2 < 1 else { return Int16(40 + 80 * noise) }
    let vessels = noise > 0.42 || (Int(x * 90) % 7 == 0 && Int(y * 90) % 5 == 0)
    return vessels ? Int16(-20 + 100 * noise) : Int16(-850 + 150 * noise)
}
