/// Union-find over runs: joins runs that touch and numbers the sets.
///
/// The root of a set is its first run, so sets are numbered by their first voxel in memory order, as
/// `scipy.ndimage.label` numbers them.
struct RunUnion {
    private var parents: [Int32]

    init(_ runs: VoxelRuns, connectivity: Connectivity) {
        parents = (0..<runs.count).map { Int32(truncatingIfNeeded: $0) }
        let earlierRows = connectivity.earlierRows
        parents.withUnsafeMutableBufferPointer { parents in
            for k in 0..<runs.size.k {
                for j in 0..<runs.size.j {
                    for earlier in earlierRows {
                        let (otherJ, otherK) = (j + earlier.j, k + earlier.k)
                        guard otherK >= 0, (0..<runs.size.j).contains(otherJ) else { continue }
                        Self.join(
                            runs, row: k * runs.size.j + j, with: otherK * runs.size.j + otherJ,
                            slack: Int32(earlier.slack), parents)
                    }
                }
            }
        }
    }

    /// Walks along two rows at once and joins runs that overlap, or miss each other by no more than `slack`.
    private static func join(
        _ runs: VoxelRuns, row: Int, with other: Int, slack: Int32, _ parents: UnsafeMutableBufferPointer<Int32>
    ) {
        var (a, b) = (runs.rowStarts[row], runs.rowStarts[other])
        let (endA, endB) = (runs.rowStarts[row + 1], runs.rowStarts[other + 1])
        while a < endA, b < endB {
            let (lastA, lastB) = (runs.ends[a] - 1, runs.ends[b] - 1)
            if runs.starts[a] - slack <= lastB, runs.starts[b] - slack <= lastA { unite(a, b, parents) }
            if lastA < lastB { a += 1 } else { b += 1 }
        }
    }

    private static func unite(_ a: Int, _ b: Int, _ parents: UnsafeMutableBufferPointer<Int32>) {
        let (rootA, rootB) = (root(of: a, parents), root(of: b, parents))
        if rootA < rootB {
            parents[rootB] = Int32(truncatingIfNeeded: rootA)
        } else {
            parents[rootA] = Int32(truncatingIfNeeded: rootB)
        }
    }

    private static func root(of run: Int, _ parents: UnsafeMutableBufferPointer<Int32>) -> Int {
        var run = run
        while Int(parents[run]) != run {
            parents[run] = parents[Int(parents[run])]
            run = Int(parents[run])
        }
        return run
    }

    /// The number of every run's set, from 0, and how many sets there are.
    consuming func numbered() -> (sets: [Int32], count: Int) {
        var numbers = parents
        var count: Int32 = 0
        // A parent never comes after its child, so its number is known when the child's turn comes.
        for run in numbers.indices {
            if Int(numbers[run]) == run {
                numbers[run] = count
                count += 1
            } else {
                numbers[run] = numbers[Int(numbers[run])]
            }
        }
        return (numbers, Int(count))
    }
}
