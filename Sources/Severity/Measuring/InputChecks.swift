import Imaging

/// Maps must lie on the CT's grid and hold the labels that they should.
enum InputChecks {
    /// Throws `gridMismatch`, or `invalidArgument` for a label that the map cannot have.
    static func check(ct: CTVolume, lungs: LabelVolume, lesions: LesionMaps) throws(ImagingError) {
        try check(lungs, "lung map", highest: 2, grid: ct.grid)
        if let map = lesions.binary { try check(map, "binary lesion map", highest: 1, grid: ct.grid) }
        if let map = lesions.multiclass { try check(map, "multi-class lesion map", highest: 3, grid: ct.grid) }
    }

    private static func check(
        _ map: LabelVolume, _ name: String, highest: UInt8, grid: Grid
    ) throws(ImagingError) {
        guard map.grid == grid else {
            throw ImagingError(
                .gridMismatch, subject: name,
                message: "The map has \(map.grid.size.i)×\(map.grid.size.j)×\(map.grid.size.k) voxels, the CT "
                    + "\(grid.size.i)×\(grid.size.j)×\(grid.size.k); both must lie on one grid, with the same affine.")
        }
        let found =
            map.withUnsafeVoxels { voxels in
                Parallel.map(of: grid.size.voxels, length: 1 << 20) { piece in
                    piece.reduce(UInt8(0)) { max($0, voxels[$1]) }
                }
            }.max() ?? 0
        guard found <= highest else {
            throw ImagingError(
                .invalidArgument, subject: name, message: "Labels must lie in 0…\(highest), but \(found) was found.")
        }
    }
}
