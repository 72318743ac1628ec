/// Lung fields as a model labels them, cleaned of what is no lung.
public struct LungFields: Sendable {
    /// 0, 1 in the lungs, vessels and lesions in them included.
    public let lungs: LabelVolume
    /// 1 in the domes of the diaphragm, where no lesion can be; empty for slices on their own.
    public let domes: LabelVolume

    /// From a model's labels: without small components, trachea and the domes of the diaphragm, holes filled.
    ///
    /// Throws `gridMismatch` when the CT lies on another grid, `tooLarge` beyond Int32.max runs.
    public init(
        cleaning labels: LabelVolume, of ct: CTVolume, arrangement: SliceArrangement = .volume
    ) throws(ImagingError) {
        guard ct.grid == labels.grid else {
            throw ImagingError(
                .gridMismatch, subject: "lungs", message: "The lung labels lie on another grid than the volume.")
        }
        // Before small components go: the trachea is what connects a bubble of gas with the lungs.
        var lungs = try labels.removingAirways(of: ct).cleanedLungs(arrangement)
        let count = labels.grid.size.voxels
        if arrangement == .volume {
            domes = try DiaphragmDomes.mask(in: ct, lungs: lungs)
            lungs.clear(where: domes)
        } else {
            domes = LabelVolume(trusting: labels.grid, voxels: [UInt8](repeating: 0, count: count))
        }
        self.lungs = lungs
    }
}

extension LabelVolume {
    /// Lungs are large: what has less than a tenth of the larger lung's volume is bowel gas, trachea or a speck. A slice
    /// on its own may hold just the tip of a lung, so there the share is smaller.
    private static let leastShareOfVolume = 0.1
    private static let leastShareOfSlice = 0.02

    /// Lung labels without small components and with their holes filled: vessels and lesions inside a lung belong to it.
    ///
    /// Throws `ImagingError.tooLarge` beyond Int32.max runs.
    public func cleanedLungs(_ arrangement: SliceArrangement) throws(ImagingError) -> LabelVolume {
        switch arrangement {
        case .volume:
            try removingComponents(belowShareOfLargest: Self.leastShareOfVolume, connectivity: .six)
                .fillingHoles(.inVolume)
        case .unrelated:
            try removingComponents(belowShareOfLargest: Self.leastShareOfSlice, connectivity: .four)
                .fillingHoles(.inSlices)
        }
    }

    /// mm²: a trachea is 1 to 5 cm² across; a larger region of an axial slice is lung.
    fileprivate static let largestAirway = 700.0
    /// HU: air in the trachea has −1000 to −930, blurred at its wall; healthy lung −850 and more.
    fileprivate static let airwayMean = -900.0

    /// HU: stomach and bowel gas, of any size; not even severe emphysema is so empty on average.
    fileprivate static let gasMean = -970.0

    /// Regions of a slice that hold nothing but air go.
    fileprivate func removingAirways(of ct: CTVolume) throws(ImagingError) -> LabelVolume {
        let regions = try components(.four)
        let pixelArea = grid.spacing.i * grid.spacing.j
        var result = self
        regions.fill(
            &result, with: 0,
            where: zip(regions.sums(of: ct), regions.components).map { sum, region in
                let mean = Double(sum) / Double(region.voxels)
                let isAirway = Double(region.voxels) * pixelArea <= Self.largestAirway && mean < Self.airwayMean
                return isAirway || mean < Self.gasMean
            })
        return result
    }
}

extension Volume where Voxel == UInt8 {
    /// Background wherever another mask of the same grid is not 0.
    mutating func clear(where mask: Self) { clear(mask) { $0 != 0 } }

    /// Background wherever another mask of the same grid is 0.
    mutating func clear(outside mask: Self) { clear(mask) { $0 == 0 } }

    private mutating func clear(_ mask: Self, _ isCleared: (UInt8) -> Bool) {
        let plane = grid.size.i * grid.size.j
        let slices = grid.size.k
        withUnsafeMutableVoxels { target in
            mask.withUnsafeVoxels { mask in
                Parallel.pieces(of: slices, length: 4) { piece in
                    for voxel in piece.lowerBound * plane..<piece.upperBound * plane where isCleared(mask[voxel]) {
                        target[voxel] = 0
                    }
                }
            }
        }
    }
}
