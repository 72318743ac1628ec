/// What counts as enclosed.
public enum HoleFilling: Hashable, Sendable {
    /// Background that cannot reach the border of its own slice k through shared edges.
    case inSlices
    /// Background that cannot reach any face of the volume through shared faces.
    case inVolume
}

extension Volume where Voxel == UInt8 {
    /// The connected sets of voxels that are not 0. Throws `tooLarge` beyond Int32.max runs.
    public func components(_ connectivity: Connectivity) throws(ImagingError) -> ConnectedComponents<Axes> {
        try ConnectedComponents(of: self, connectivity: connectivity)
    }

    /// Only the components with the most voxels, with their values; of equal ones the first in memory order stays.
    /// Throws `invalidArgument` for a negative count, `tooLarge` beyond Int32.max runs.
    public func keepingLargestComponents(
        _ count: Int = 1, connectivity: Connectivity
    ) throws(ImagingError) -> Self {
        guard count >= 0 else {
            throw ImagingError(
                .invalidArgument, subject: "largest components",
                message: "The number of components to keep must not be negative, but it is \(count).")
        }
        let found = try components(connectivity)
        let bySize = found.components.indices.sorted { a, b in
            let (sizeA, sizeB) = (found.components[a].voxels, found.components[b].voxels)
            return sizeA != sizeB ? sizeA > sizeB : a < b
        }
        var dropped = [Bool](repeating: true, count: bySize.count)
        for kept in bySize.prefix(count) { dropped[kept] = false }
        var result = self
        found.fill(&result, with: 0, where: dropped)
        return result
    }

    /// Without components of less than so many ml. Throws `tooLarge` beyond Int32.max runs.
    public func removingComponents(
        smallerThan milliliters: Double, connectivity: Connectivity
    ) throws(ImagingError) -> Self {
        let found = try components(connectivity)
        var result = self
        found.fill(&result, with: 0, where: found.components.map { found.volume(of: $0) < milliliters })
        return result
    }

    /// Without components that have fewer voxels than `share` (0…1) of the largest one's. With a connectivity within slices
    /// the largest of the component's own slice counts. Throws `tooLarge` beyond Int32.max runs.
    public func removingComponents(
        belowShareOfLargest share: Double, connectivity: Connectivity
    ) throws(ImagingError) -> Self {
        let found = try components(connectivity)
        func group(_ component: Component) -> Int { connectivity.crossesSlices ? 0 : component.box.k.lowerBound }
        var largest = [Int](repeating: 0, count: max(1, grid.size.k))
        for component in found.components {
            largest[group(component)] = max(largest[group(component)], component.voxels)
        }
        var result = self
        found.fill(
            &result, with: 0,
            where: found.components.map { Double($0.voxels) < share * Double(largest[group($0)]) })
        return result
    }

    /// Only the components that hold a voxel with one of the given values: what touches something, where one mask holds both.
    /// Throws `tooLarge` beyond Int32.max runs.
    public func keepingComponents(
        holding values: ClosedRange<UInt8>, connectivity: Connectivity
    ) throws(ImagingError) -> Self {
        let found = try components(connectivity)
        let holds = found.holding(values, in: self)
        var result = self
        found.fill(&result, with: 0, where: holds.map { !$0 })
        return result
    }

    /// Gives enclosed background a value. Throws `tooLarge` beyond Int32.max runs of background.
    public func fillingHoles(_ holes: HoleFilling, with value: UInt8 = 1) throws(ImagingError) -> Self {
        let background = try ConnectedComponents(
            of: self, connectivity: holes == .inSlices ? .four : .six, background: true)
        let size = grid.size
        var result = self
        background.fill(
            &result, with: value,
            where: background.components.map { component in
                let box = component.box
                let inside =
                    box.i.lowerBound > 0 && box.j.lowerBound > 0 && box.i.upperBound < size.i
                    && box.j.upperBound < size.j
                return inside && (holes == .inSlices || (box.k.lowerBound > 0 && box.k.upperBound < size.k))
            })
        return result
    }
}
