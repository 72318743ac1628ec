/// A promise, kept by the type checker, about how a volume's voxels are ordered.
public protocol VoxelAxes: Sendable {}
/// Any of the 48 orders: what a file happened to hold.
public enum AsStored: VoxelAxes {}
/// i grows to the patient's left, j to the back, k to the head (or as nearly as the grid's obliqueness allows): a
/// plane k is what a radiologist sees on an axial slice, i to the right of the picture, j downwards.
public enum LPS: VoxelAxes {}

/// What a voxel can be.
public protocol VoxelValue: Hashable, Sendable, Comparable, BitwiseCopyable {}
extension UInt8: VoxelValue {}
extension Int16: VoxelValue {}
extension Int32: VoxelValue {}
extension Float: VoxelValue {}

/// Voxels on a grid. Memory order is NIfTI's: i fastest, then j, then k.
public struct Volume<Voxel: VoxelValue, Axes: VoxelAxes>: Sendable {
    public let grid: Grid
    /// Private but for inlining: other modules' loops over voxels must not go through unspecialised calls.
    @usableFromInline var storage: [Voxel]
    /// `grid.size.voxels` values, i fastest.
    @inlinable public var voxels: [Voxel] { storage }

    /// The number of voxels must be the grid's, and the grid's order must be what `Axes` promises.
    init(grid: Grid, voxels: [Voxel], fits: Bool) throws(ImagingError) {
        guard voxels.count == grid.size.voxels else {
            throw ImagingError(
                .gridMismatch, subject: "volume",
                message: "The grid has \(grid.size.voxels) voxels, but \(voxels.count) values were given.")
        }
        guard fits else {
            throw ImagingError(
                .gridMismatch, subject: "volume",
                message: "The voxels must be in the order LPS, but the grid's order is \(grid.order).")
        }
        self.grid = grid
        self.storage = voxels
    }

    /// The voxel at i, j, k. Traps outside the memory of the volume; indices are the program's, never a file's.
    @inlinable public subscript(i: Int, j: Int, k: Int) -> Voxel {
        get { storage[(k * grid.size.j + j) * grid.size.i + i] }
        set { storage[(k * grid.size.j + j) * grid.size.i + i] = newValue }
    }

    /// Changes voxels in place; the closure sees them all, i fastest.
    @inlinable public mutating func withMutableVoxels<Result, Failure: Error>(
        _ body: (inout MutableSpan<Voxel>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = storage.mutableSpan
        return try body(&span)
    }
}

extension Volume where Axes == AsStored {
    /// Throws `gridMismatch` unless there are as many voxels as the grid has.
    public init(grid: Grid, voxels: [Voxel]) throws(ImagingError) {
        try self.init(grid: grid, voxels: voxels, fits: true)
    }
}

extension Volume where Axes == LPS {
    /// Throws `gridMismatch` unless there are as many voxels as the grid has and its order is LPS.
    public init(grid: Grid, voxels: [Voxel]) throws(ImagingError) {
        try self.init(grid: grid, voxels: voxels, fits: grid.order == .lps)
    }
}

/// CT values in Hounsfield units (air −1000, water 0), rounded to whole units where the file's are not.
public typealias CTVolume = Volume<Int16, LPS>
/// Label values of a segmentation.
public typealias LabelVolume = Volume<UInt8, LPS>
