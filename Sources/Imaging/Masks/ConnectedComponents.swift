/// A connected set of voxels.
public struct Component: Hashable, Sendable {
    public internal(set) var voxels: Int
    public internal(set) var box: VoxelBox
    /// Mean of the voxels' indices.
    public internal(set) var centroid: GridPoint
}

/// The connected sets of a mask's foreground (everything that is not 0), numbered by their first voxel in memory order.
///
/// Runs along i joined by union-find (Rosenfeld and Pfaltz 1966, on runs as in He, Chao and Suzuki 2008): 16 bytes a
/// run and no label volume unless one is asked for.
public struct ConnectedComponents<Axes: VoxelAxes>: Sendable {
    public let grid: Grid
    public let connectivity: Connectivity
    public let components: [Component]
    private let runs: VoxelRuns
    /// For every run the index of its component.
    private let componentOfRun: [Int32]

    /// Throws `tooLarge` when the mask falls into more than Int32.max runs.
    public init(of mask: Volume<UInt8, Axes>, connectivity: Connectivity) throws(ImagingError) {
        try self.init(of: mask, connectivity: connectivity, background: false)
    }

    init(of mask: Volume<UInt8, Axes>, connectivity: Connectivity, background: Bool) throws(ImagingError) {
        grid = mask.grid
        self.connectivity = connectivity
        runs = try VoxelRuns(of: mask, inverted: background)
        let (sets, count) = RunUnion(runs, connectivity: connectivity).numbered()
        componentOfRun = sets
        components = Self.measure(runs, sets, count)
    }

    /// ml of one component.
    public func volume(of component: Component) -> Double { Double(component.voxels) * grid.voxelVolume }

    /// Component n's voxels hold n + 1, background holds 0.
    public func labelled() -> Volume<Int32, Axes> {
        var labels = Volume<Int32, Axes>(
            trusting: grid, voxels: [Int32](repeating: 0, count: grid.size.voxels))
        labels.withUnsafeMutableVoxels { voxels in
            forEachRun { voxel, count, component in
                (voxels + voxel).update(repeating: component + 1, count: count)
            }
        }
        return labels
    }

    /// Sets all voxels of the chosen components to a value; the volume must lie on the same grid.
    func fill(_ volume: inout Volume<UInt8, Axes>, with value: UInt8, where chosen: [Bool]) {
        volume.withUnsafeMutableVoxels { voxels in
            forEachRun { voxel, count, component in
                if chosen[Int(component)] { (voxels + voxel).update(repeating: value, count: count) }
            }
        }
    }

    /// For every component whether it holds a voxel with one of the values; the volume must lie on the same grid.
    func holding(_ values: ClosedRange<UInt8>, in volume: Volume<UInt8, Axes>) -> [Bool] {
        var found = [Bool](repeating: false, count: components.count)
        volume.withUnsafeVoxels { voxels in
            for row in 0..<grid.size.j * grid.size.k {
                for run in runs.rowStarts[row]..<runs.rowStarts[row + 1] {
                    let component = Int(componentOfRun[run])
                    guard !found[component] else { continue }
                    let span = Int(runs.starts[run])..<Int(runs.ends[run])
                    found[component] = span.contains { values.contains(voxels[row * grid.size.i + $0]) }
                }
            }
        }
        return found
    }

    /// One after the other, in memory order.
    func forEachRunInOrder(_ body: (_ voxel: Int, _ count: Int, _ component: Int32) -> Void) {
        for row in 0..<grid.size.j * grid.size.k {
            for run in runs.rowStarts[row]..<runs.rowStarts[row + 1] {
                let (start, end) = (Int(runs.starts[run]), Int(runs.ends[run]))
                body(row * grid.size.i + start, end - start, componentOfRun[run])
            }
        }
    }

    /// Several threads at a time.
    func forEachRun(_ body: (_ voxel: Int, _ count: Int, _ component: Int32) -> Void) {
        let rowsInPiece = max(grid.size.j, 1)
        Parallel.pieces(of: grid.size.j * grid.size.k, length: rowsInPiece) { rows in
            for row in rows {
                for run in runs.rowStarts[row]..<runs.rowStarts[row + 1] {
                    let (start, end) = (Int(runs.starts[run]), Int(runs.ends[run]))
                    body(row * grid.size.i + start, end - start, componentOfRun[run])
                }
            }
        }
    }

    private static func measure(_ runs: VoxelRuns, _ sets: [Int32], _ count: Int) -> [Component] {
        // Sums stay exact in Double up to 2⁵³.
        var found = [Component?](repeating: nil, count: count)
        for k in 0..<runs.size.k {
            for j in 0..<runs.size.j {
                let row = k * runs.size.j + j
                for run in runs.rowStarts[row]..<runs.rowStarts[row + 1] {
                    let (start, end) = (Int(runs.starts[run]), Int(runs.ends[run]))
                    let length = Double(end - start)
                    let sum = GridPoint(
                        i: length * Double(start + end - 1) / 2, j: length * Double(j), k: length * Double(k))
                    let own = Component(
                        voxels: end - start, box: VoxelBox(i: start..<end, j: j..<j + 1, k: k..<k + 1), centroid: sum)
                    found[Int(sets[run])].merge(own)
                }
            }
        }
        return found.compactMap { component in
            guard var component else { return nil }
            let voxels = Double(component.voxels)
            component.centroid.i /= voxels
            component.centroid.j /= voxels
            component.centroid.k /= voxels
            return component
        }
    }
}

extension Component? {
    /// Adds a part whose `centroid` is still a sum.
    fileprivate mutating func merge(_ part: Component) {
        guard var merged = self else {
            self = part
            return
        }
        merged.voxels += part.voxels
        merged.box = merged.box.union(part.box)
        merged.centroid.i += part.centroid.i
        merged.centroid.j += part.centroid.j
        merged.centroid.k += part.centroid.k
        self = merged
    }
}
