/// What lies under components, read run by run: no volume of component numbers, which would take four bytes a voxel.
extension ConnectedComponents {
    /// For every component how many of its voxels are not 0 in a mask of the same grid.
    func overlaps(with mask: Volume<UInt8, Axes>) -> [Int] {
        mask.withUnsafeVoxels { voxels in
            totals { run in run.reduce(0) { $0 + (voxels[$1] != 0 ? 1 : 0) } }
        }
    }

    /// For every component the sum of a volume's values, which lie on the same grid.
    func sums(of volume: Volume<Int16, Axes>) -> [Int] {
        volume.withUnsafeVoxels { voxels in
            totals { run in run.reduce(0) { $0 + Int(voxels[$1]) } }
        }
    }

    /// For every component how many of its voxels have less than so many HU in a volume of the same grid.
    func counts(below value: Int16, in volume: Volume<Int16, Axes>) -> [Int] {
        volume.withUnsafeVoxels { voxels in
            totals { run in run.reduce(0) { $0 + (voxels[$1] < value ? 1 : 0) } }
        }
    }

    /// Clears the voxels of the chosen components that lie outside a mask; both volumes on the same grid.
    func clear(_ volume: inout Volume<UInt8, Axes>, outside mask: Volume<UInt8, Axes>, where chosen: [Bool]) {
        volume.withUnsafeMutableVoxels { target in
            mask.withUnsafeVoxels { mask in
                forEachRun { voxel, count, component in
                    guard chosen[Int(component)] else { return }
                    for place in voxel..<voxel + count where mask[place] == 0 { target[place] = 0 }
                }
            }
        }
    }

    /// Adds up, component by component, what `measure` gives for the voxels of a run.
    private func totals(_ measure: (Range<Int>) -> Int) -> [Int] {
        var totals = [Int](repeating: 0, count: components.count)
        forEachRunInOrder { voxel, count, component in
            totals[Int(component)] += measure(voxel..<voxel + count)
        }
        return totals
    }
}
