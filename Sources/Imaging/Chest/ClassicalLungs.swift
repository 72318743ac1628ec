/// Lung fields without a network: air inside the body, as in Hu, Hoffman and Reinhardt 2001 (threshold, what touches the
/// border goes, large components stay, holes are closed). Misses what is as dense as tissue at the lung's surface; a
/// fallback and a cross-check.
public struct ClassicalLungs: Hashable, Sendable {
    /// HU: below is air or lung.
    public var threshold: Int16
    /// mm: how wide a gap at the lung's surface is closed within a slice.
    public var closing: Double
    /// A component with a larger share of voxels below −960 HU holds gas: stomach, bowel, air beside the body.
    public var largestShareOfGas: Double
    private static let gas: Int16 = -960

    public init(threshold: Int16 = -450, closing: Double = 6, largestShareOfGas: Double = 0.6) {
        self.threshold = threshold
        self.closing = closing
        self.largestShareOfGas = largestShareOfGas
    }

    /// 0 outside, 1 inside the lungs. Throws `tooLarge` beyond Int32.max runs, `invalidArgument` for a negative closing.
    public func lungs(
        of volume: CTVolume, arrangement: SliceArrangement = .volume
    ) throws(ImagingError) -> LabelVolume {
        let inside = try airInside(volume)
        let connectivity: Connectivity = arrangement == .volume ? .six : .four
        let parts = try inside.components(connectivity)
        let gas = parts.counts(below: Self.gas, in: volume)
        var lungs = inside
        parts.fill(
            &lungs, with: 0,
            where: zip(gas, parts.components).map { Double($0) > largestShareOfGas * Double($1.voxels) })
        lungs = try lungs.cleanedLungs(arrangement)
        guard closing > 0 else { return lungs }
        return try lungs.closed(by: .disc(radius: closing)).fillingHoles(.inSlices)
    }

    /// Air whose region in its slice does not touch the slice's border.
    private func airInside(_ volume: CTVolume) throws(ImagingError) -> LabelVolume {
        var air = volume.mask(where: .min...threshold)
        let regions = try air.components(.four)
        let size = volume.grid.size
        regions.fill(
            &air, with: 0,
            where: regions.components.map { region in
                let box = region.box
                return box.i.lowerBound == 0 || box.j.lowerBound == 0 || box.i.upperBound == size.i
                    || box.j.upperBound == size.j
            })
        return air
    }
}
