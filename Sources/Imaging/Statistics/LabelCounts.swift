/// How many voxels of every slice k carry each label.
public struct LabelCounts: Hashable, Sendable {
    public let slices: Int
    /// 256 counts for every slice.
    private let counts: [Int]
    /// ml.
    private let voxelVolume: Double
    /// mm².
    private let pixelArea: Double

    public init<Axes>(_ labels: Volume<UInt8, Axes>) {
        let size = labels.grid.size
        let plane = size.i * size.j
        slices = size.k
        voxelVolume = labels.grid.voxelVolume
        pixelArea = labels.grid.pixelArea
        counts = labels.withUnsafeVoxels { voxels in
            Parallel.map(of: size.k, length: 1) { slices in Self.count(voxels + slices.lowerBound * plane, plane) }
        }.flatMap(\.self)
    }

    /// Four tables taken in turn, so that equal neighbours do not wait for each other's addition.
    private static func count(_ voxels: UnsafePointer<UInt8>, _ count: Int) -> [Int] {
        var tables = [Int](repeating: 0, count: 4 * 256)
        tables.withUnsafeMutableBufferPointer { tables in
            let quarter = count / 4
            for index in 0..<quarter {
                for table in 0..<4 { tables[table * 256 + Int(voxels[index * 4 + table])] &+= 1 }
            }
            for index in quarter * 4..<count { tables[Int(voxels[index])] &+= 1 }
        }
        return (0..<256).map { tables[$0] + tables[256 + $0] + tables[512 + $0] + tables[768 + $0] }
    }

    /// Voxels with that label in the whole volume.
    public func voxels(of label: UInt8) -> Int {
        (0..<slices).reduce(0) { $0 + counts[$1 * 256 + Int(label)] }
    }

    /// ml with that label in the whole volume.
    public func volume(of label: UInt8) -> Double { Double(voxels(of: label)) * voxelVolume }

    /// Voxels with that label, slice by slice.
    public func voxelsBySlice(of label: UInt8) -> [Int] {
        (0..<slices).map { counts[$0 * 256 + Int(label)] }
    }

    /// mm² with that label, slice by slice.
    public func areas(of label: UInt8) -> [Double] {
        voxelsBySlice(of: label).map { Double($0) * pixelArea }
    }

    /// All labels that occur, 0 included, in order.
    public var labels: [UInt8] { (UInt8.min...UInt8.max).filter { voxels(of: $0) > 0 } }
}

extension Grid {
    /// Area of one voxel's face across k, in mm²: of the parallelogram that i and j span.
    public var pixelArea: Double {
        let (a, b) = (affine.i, affine.j)
        let normal = SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
        return (normal * normal).sum().squareRoot()
    }
}
