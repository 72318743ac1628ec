/// A volume read from a NIfTI file, with the header that it came with.
public struct NIfTIImage<Voxel: VoxelValue>: Sendable {
    public let header: NIfTIHeader
    /// The voxels in the file's own order, scaling applied.
    public let volume: Volume<Voxel, AsStored>
    /// Voxels whose value lay outside what `Voxel` can hold and became its smallest or largest.
    public let clampedVoxels: Int
    /// Voxels that were NaN or infinite and were replaced.
    public let replacedVoxels: Int

    /// The voxels in the order LPS: permuted and flipped, never interpolated, the affine changed to match.
    public func lps() -> Volume<Voxel, LPS> { volume.lps() }
}
