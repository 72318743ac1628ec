extension Volume where Voxel == Int16 {
    /// The HU values under each of the wanted labels (a label that does not occur has an empty histogram).
    ///
    /// Throws `gridMismatch` unless the labels lie on this volume's grid.
    public func histograms(
        under labels: Volume<UInt8, Axes>, of wanted: Set<UInt8>
    ) throws(ImagingError) -> [UInt8: HUHistogram] {
        guard labels.grid == grid else {
            throw ImagingError(
                .gridMismatch, subject: "statistics",
                message: "Labels (\(labels.grid.size)) must lie on the grid of the CT volume (\(grid.size)), "
                    + "with the same affine.")
        }
        let ordered = wanted.sorted()
        var histograms = [HUHistogram](repeating: HUHistogram(), count: ordered.count)
        for part in counts(under: labels, of: ordered) {
            for index in ordered.indices { histograms[index].add(part[index]) }
        }
        return Dictionary(uniqueKeysWithValues: zip(ordered, histograms))
    }

    /// Counts for several pieces of the volume. A piece is at most 2³¹ voxels, so that 32 bits hold every count.
    private func counts(under labels: Volume<UInt8, Axes>, of wanted: [UInt8]) -> [[[UInt32]]] {
        let length = min(max((grid.size.voxels + 7) / 8, 1 << 16), 1 << 31)
        return withUnsafeVoxels { values in
            labels.withUnsafeVoxels { labels in
                Parallel.map(of: grid.size.voxels, length: length) { piece in
                    wanted.map { Self.count(values, labels, $0, piece) }
                }
            }
        }
    }

    private static func count(
        _ values: UnsafePointer<Int16>, _ labels: UnsafePointer<UInt8>, _ label: UInt8, _ piece: Range<Int>
    ) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: 1 << 16)
        counts.withUnsafeMutableBufferPointer { counts in
            for index in piece where labels[index] == label {
                counts[HUHistogram.bin(of: values[index])] &+= 1
            }
        }
        return counts
    }
}
