/// Binary morphology: what is not 0 is foreground; results hold 0 and 1.
///
/// Beyond the volume there is nothing to see: dilation takes it for background, erosion for foreground. So a lung cut
/// off by the first slice is not eaten from there, an opening never adds a voxel and a closing never loses one.
extension Volume where Voxel == UInt8 {
    /// Foreground and everything within the element's reach of it. Throws `invalidArgument` for an unusable element.
    public func dilated(by element: StructuringElement) throws(ImagingError) -> Self {
        let profile = try ElementProfile(element, spacing: grid.spacing, size: grid.size)
        var result = Self(trusting: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        guard let box = boundingBox else { return result }
        let worked = box.grown(
            i: profile.alongI.count - 1, j: profile.alongJ.count - 1, k: profile.allowance.count - 1, within: grid.size)
        withUnsafeVoxels { source in
            let reach = MaskReach(source: source, size: grid.size, inverted: false, profile: profile, box: worked)
            result.withUnsafeMutableVoxels { reach.write(1, to: $0) }
        }
        return result
    }

    /// Foreground that no background is within the element's reach of. Throws `invalidArgument` for an unusable
    /// element.
    public func eroded(by element: StructuringElement) throws(ImagingError) -> Self {
        let profile = try ElementProfile(element, spacing: grid.spacing, size: grid.size)
        guard let box = boundingBox else { return self }
        var result = mask(where: 1...255)
        // The nearest background of a foreground voxel is never further out than the layer around all foreground.
        let worked = box.grown(i: 1, j: 1, k: 1, within: grid.size)
        withUnsafeVoxels { source in
            let reach = MaskReach(source: source, size: grid.size, inverted: true, profile: profile, box: worked)
            result.withUnsafeMutableVoxels { reach.write(0, to: $0) }
        }
        return result
    }

    /// Eroded, then dilated: loses what the element does not fit into. Throws `invalidArgument` for an unusable
    /// element.
    public func opened(by element: StructuringElement) throws(ImagingError) -> Self {
        try eroded(by: element).dilated(by: element)
    }

    /// Dilated, then eroded: gains what the element does not fit into, outside. Throws `invalidArgument` for an
    /// unusable element.
    public func closed(by element: StructuringElement) throws(ImagingError) -> Self {
        try dilated(by: element).eroded(by: element)
    }
}
