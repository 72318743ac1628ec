/// What a NIfTI file says of its voxels, checked, and everything that a label map on the same grid takes over.
public struct NIfTIHeader: Hashable, Sendable {
    public enum Version: Int, Hashable, Sendable, CaseIterable {
        case nifti1 = 1
        case nifti2 = 2

        /// Bytes of the header, and of the smallest header with the four bytes that say whether extensions follow.
        var headerBytes: Int { self == .nifti1 ? 348 : 540 }
        var firstVoxelOffset: Int { headerBytes + 4 }
    }

    public enum ByteOrder: Hashable, Sendable {
        case littleEndian, bigEndian

        var isNative: Bool { self == .native }
    }

    /// Value = stored · slope + intercept.
    public struct Scaling: Hashable, Sendable {
        public let slope: Double
        public let intercept: Double
    }

    public let version: Version
    public let byteOrder: ByteOrder
    /// `dim[1...n]` as the header has them: one number for each of its 2 to 7 dimensions.
    public let dimensions: [Int]
    public let dataType: NIfTIDataType
    /// Nil when the stored values are the values.
    public let scaling: Scaling?
    /// Where the voxels start in the (decompressed) file.
    public let voxelOffset: Int
    /// `pixdim[0...7]` as the header has them, in its units.
    public let pixdim: [Double]
    public let geometry: NIfTIGeometry
    /// Free text; may hold what identifies a patient, and is never copied to an output.
    public let text: String
    /// The header's 348 or 540 bytes as they are in the file, for writing on the same grid.
    package let bytes: [UInt8]

    public var grid: Grid { geometry.grid }
    /// Bytes that the voxels take in the (decompressed) file; checked not to overflow when the header was read.
    var storedByteCount: Int { grid.size.voxels * dataType.bytesPerVoxel }
}
