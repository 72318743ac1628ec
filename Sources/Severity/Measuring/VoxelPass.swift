import Imaging

/// The one pass over all voxels, on all cores.
struct VoxelPass {
    /// HU from which opacity counts as high (Chaganti et al. 2020).
    static let highOpacity: Int16 = -200

    let ct: CTVolume
    /// As the model gave them.
    let lungs: LabelVolume
    let regions: LungRegions
    let lesions: LesionMaps

    func counts() -> Counts {
        let size = ct.grid.size
        let levels = Levels(ct.grid)
        // A handful of pieces, each with its own counters.
        let pieces = lesionPointers { leading, binary in
            ct.withUnsafeVoxels { ct in
                lungs.withUnsafeVoxels { lungs in
                    regions.labels.withUnsafeVoxels { regions in
                        Parallel.map(of: size.k, length: max((size.k + 7) / 8, 1)) { slices in
                            let voxels = Voxels(
                                ct: ct, lungs: lungs, regions: regions, leading: leading, binary: binary)
                            return self.counts(voxels, slices, size, levels)
                        }
                    }
                }
            }
        }
        return pieces.reduce(into: Counts(levels: levels.count)) { $0.append($1) }
    }

    /// Without a second map `binary` is nil.
    private func lesionPointers<Result>(
        _ body: (_ leading: UnsafePointer<UInt8>, _ binary: UnsafePointer<UInt8>?) -> Result
    ) -> Result {
        switch lesions {
        case .binary(let map), .multiclass(let map): map.withUnsafeVoxels { body($0, nil) }
        case .both(let binary, let multiclass):
            multiclass.withUnsafeVoxels { leading in binary.withUnsafeVoxels { body(leading, $0) } }
        }
    }

    private struct Voxels {
        let ct: UnsafePointer<Int16>
        let lungs, regions, leading: UnsafePointer<UInt8>
        let binary: UnsafePointer<UInt8>?
    }

    private func counts(_ voxels: Voxels, _ slices: Range<Int>, _ size: GridSize, _ levels: Levels) -> Counts {
        var counts = Counts(levels: levels.count)
        let isMulticlass = lesions.multiclass != nil
        for k in slices {
            var slice = SliceCount()
            for j in 0..<size.j {
                let row = (k * size.j + j) * size.i
                for i in 0..<size.i {
                    let voxel = row + i
                    let (region, label) = (voxels.regions[voxel], voxels.leading[voxel])
                    let second = voxels.binary?[voxel] ?? 0
                    if region | label | second == 0 { continue }
                    counts.compare(label, second, isInLungs: region != 0)
                    let value = voxels.ct[voxel]
                    if label == LesionKind.pleuralEffusion.rawValue {
                        counts.effusion.add(value)
                        slice.effusion += 1
                    }
                    if region == 0 {
                        if LesionMaps.isOpacity(label) { counts.apartFromLungs += 1 }
                        continue
                    }
                    var own = RegionCount(lung: 1)
                    counts.lung.add(value)
                    if LesionMaps.isOpacity(label) {
                        own.opacity = 1
                        own.highOpacity = value >= Self.highOpacity ? 1 : 0
                        counts.opacity.add(value)
                        if isMulticlass { counts.add(label, value, to: &slice) }
                        if voxels.lungs[voxel] == 0 { counts.addedToLungs += 1 }
                    }
                    slice.region += own
                    let side = region == LungSide.right.rawValue ? 0 : levels.count
                    counts.levels[side + levels.level(i, j, k)] += own
                }
            }
            counts.slices.append(slice)
        }
        return counts
    }
}

extension Counts {
    fileprivate mutating func compare(_ label: UInt8, _ second: UInt8, isInLungs: Bool) {
        let isOpacity = LesionMaps.isOpacity(label)
        if isOpacity { multiclass += 1 }
        guard second != 0 else { return }
        binary += 1
        if isOpacity { inBoth += 1 }
        if isInLungs { binaryInLungs += 1 }
    }

    fileprivate mutating func add(_ label: UInt8, _ value: Int16, to slice: inout SliceCount) {
        if label == LesionKind.groundGlass.rawValue {
            groundGlass.add(value)
            slice.groundGlass += 1
        } else {
            consolidation.add(value)
            slice.consolidation += 1
        }
    }
}
