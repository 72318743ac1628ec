/// The one kernel of erosion and dilation: marks every voxel within an element's reach of a mask's foreground.
///
/// Slice by slice: costs along i, their minimum with costs along j, and from those the number of neighbouring slices
/// that the element reaches, which is then written into each of them. The minimum of sums makes it exact, and nothing
/// larger than a few slices is ever held.
struct MaskReach {
    let source: UnsafePointer<UInt8>
    let size: GridSize
    /// Look at the background instead of the foreground.
    let inverted: Bool
    let profile: ElementProfile
    /// Only these voxels are read and written.
    let box: VoxelBox

    /// Writes `mark` to every voxel of `target` that is reached.
    func write(_ mark: UInt8, to target: UnsafeMutablePointer<UInt8>) {
        let reach = profile.allowance.count - 1
        // Slices near a piece's ends are computed for both pieces: keep pieces long beside the reach.
        let pieceLength = max(reach * 4, 16, (box.k.count + 7) / 8)
        Parallel.pieces(of: box.k.count, length: pieceLength) { piece in
            let slices = piece.lowerBound + box.k.lowerBound..<piece.upperBound + box.k.lowerBound
            withScratch { costs, sums, reaches in
                let near = max(slices.lowerBound - reach, box.k.lowerBound)
                let far = min(slices.upperBound + reach, box.k.upperBound)
                for k in near..<far {
                    guard let spans = measure(slice: k, costs, sums, reaches) else { continue }
                    for reached in max(k - reach, slices.lowerBound)..<min(k + reach + 1, slices.upperBound) {
                        let distance = UInt8(truncatingIfNeeded: abs(reached - k))
                        spread(reaches, spans, over: distance, mark, target + reached * size.j * size.i)
                    }
                }
            }
        }
    }

    private func withScratch(
        _ body: (
            _ costs: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>,
            _ reaches: UnsafeMutablePointer<UInt8>
        ) -> Void
    ) {
        let plane = box.i.count * box.j.count
        let costs = UnsafeMutablePointer<Float>.allocate(capacity: plane)
        let sums = UnsafeMutablePointer<Float>.allocate(capacity: box.i.count)
        let reaches = UnsafeMutablePointer<UInt8>.allocate(capacity: plane)
        defer {
            costs.deallocate()
            sums.deallocate()
            reaches.deallocate()
        }
        body(costs, sums, reaches)
    }

    /// Fills `reaches` with the number of slices (itself included) that each voxel's reach covers to either side.
    /// Returns, for every row of the box, the voxels that are not 0; nil when the slice has no foreground at all.
    private func measure(
        slice k: Int, _ costs: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>,
        _ reaches: UnsafeMutablePointer<UInt8>
    ) -> [Range<Int>]? {
        let width = box.i.count
        let spans = profile.alongI.withUnsafeBufferPointer { alongI in
            box.j.map { j in
                let row = MaskRow(source + (k * size.j + j) * size.i + box.i.lowerBound, count: width)
                return RowDistances.fill(
                    costs + (j - box.j.lowerBound) * width, from: row, inverted: inverted, costs: alongI)
            }
        }
        guard spans.contains(where: { $0 != nil }) else { return nil }
        return spans.indices.map { j in
            let span = addRows(around: j, spans, costs, sums)
            count(span, sums, reaches + j * width)
            return span
        }
    }

    /// The least cost along i and j of reaching row j: into `sums`, for the voxels returned.
    private func addRows(
        around j: Int, _ spans: [Range<Int>?], _ costs: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>
    ) -> Range<Int> {
        let width = box.i.count
        let reach = profile.alongJ.count - 1
        let rows = max(j - reach, 0)...min(j + reach, box.j.count - 1)
        var reached: Range<Int>?
        for row in rows {
            guard let span = spans[row] else { continue }
            reached = reached.map { min($0.lowerBound, span.lowerBound)..<max($0.upperBound, span.upperBound) } ?? span
        }
        guard let reached else { return 0..<0 }
        (sums + reached.lowerBound).update(repeating: .infinity, count: reached.count)
        for row in rows {
            guard let span = spans[row] else { continue }
            let cost = profile.alongJ[abs(row - j)]
            let other = costs + row * width
            for i in span {
                let sum = other[i] + cost
                sums[i] = sum < sums[i] ? sum : sums[i]
            }
        }
        return reached
    }

    private func count(
        _ span: Range<Int>, _ sums: UnsafePointer<Float>, _ reaches: UnsafeMutablePointer<UInt8>
    ) {
        (reaches + span.lowerBound).update(repeating: 0, count: span.count)
        for allowance in profile.allowance {
            for i in span { reaches[i] &+= sums[i] <= allowance ? 1 : 0 }
        }
    }

    private func spread(
        _ reaches: UnsafePointer<UInt8>, _ spans: [Range<Int>], over distance: UInt8, _ mark: UInt8,
        _ slice: UnsafeMutablePointer<UInt8>
    ) {
        for j in spans.indices {
            let row = reaches + j * box.i.count
            let target = slice + (j + box.j.lowerBound) * size.i + box.i.lowerBound
            for i in spans[j] { target[i] = row[i] > distance ? mark : target[i] }
        }
    }
}
