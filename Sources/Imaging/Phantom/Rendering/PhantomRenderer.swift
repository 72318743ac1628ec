import Dispatch

/// Renders a scene on a grid, slice by slice on several threads. All arithmetic happens in the order LPS, so that the
/// order in which voxels are stored changes no bit of them.
struct PhantomRenderer {
    let scene: PhantomScene
    /// HU.
    let noise: Double
    /// Lung spacing above which a slice is the mean of several planes, mm.
    private static let thinnest = 1.4
    private static let mostPlanes = 8

    func render(on grid: Grid, threads: Int?) throws(ImagingError) -> PhantomRendering {
        let canonical = try CanonicalGrid(of: grid)
        let count = grid.size.voxels
        var ct = [Int16](repeating: 0, count: count)
        var lesions = [UInt8](repeating: 0, count: count)
        var lungs = [UInt8](repeating: 0, count: count)
        ct.withUnsafeMutableBufferPointer { ct in
            lesions.withUnsafeMutableBufferPointer { lesions in
                lungs.withUnsafeMutableBufferPointer { lungs in
                    let target = Target(ct: ct, lesions: lesions, lungs: lungs)
                    let slices = canonical.grid.size.k
                    let workers = min(max(1, threads ?? slices), slices)
                    DispatchQueue.concurrentPerform(iterations: workers) { worker in
                        for k in stride(from: worker, to: slices, by: workers) {
                            render(slice: k, of: canonical, into: target)
                        }
                    }
                }
            }
        }
        return PhantomRendering(
            ct: try Volume(grid: grid, voxels: ct), lesions: try Volume(grid: grid, voxels: lesions),
            lungs: try Volume(grid: grid, voxels: lungs))
    }

    /// Every worker writes voxels of its own slices only, so sharing the buffers is safe.
    private struct Target: @unchecked Sendable {
        let ct: UnsafeMutableBufferPointer<Int16>
        let lesions: UnsafeMutableBufferPointer<UInt8>
        let lungs: UnsafeMutableBufferPointer<UInt8>
    }

    private func render(slice k: Int, of canonical: CanonicalGrid, into target: Target) {
        let grid = canonical.grid
        var image = meanOfPlanes(slice: k, grid: grid)
        if noise > 0 {
            ScannerNoise(seed: scene.seed, sigma: noise)
                .add(to: &image, columns: grid.size.i, rows: grid.size.j, slice: k)
        }
        for row in 0..<grid.size.j {
            for column in 0..<grid.size.i {
                let value = image[row * grid.size.i + column].rounded(.toNearestOrEven)
                target.ct[canonical.storedIndex(column, row, k)] = Int16(min(3071, max(-1024, value)))
            }
        }
        let plane = SlicePlane(grid: grid, slice: Double(k))
        for side in LungSide.allCases {
            plane.forEachPixel(in: Thorax.pleuralBounds(side)) { p, pixel in
                let labels = scene.labels(side, at: p)
                guard labels != (0, 0) else { return }
                let index = canonical.storedIndex(pixel % grid.size.i, pixel / grid.size.i, k)
                target.lungs[index] = labels.lung
                target.lesions[index] = labels.lesion
            }
        }
    }

    /// A thick slice shows the mean of what lies in it.
    private func meanOfPlanes(slice k: Int, grid: Grid) -> [Float] {
        let planes = min(Self.mostPlanes, max(1, Int((grid.spacing.k / Self.thinnest).rounded())))
        var sum: [Float] = []
        for index in 0..<planes {
            let offset = (Double(index) + 0.5) / Double(planes) - 0.5
            let image = SlicePainter.paint(scene, on: SlicePlane(grid: grid, slice: Double(k) + offset))
            if sum.isEmpty {
                sum = image
            } else {
                for pixel in sum.indices { sum[pixel] += image[pixel] }
            }
        }
        if planes > 1 {
            let share = 1 / Float(planes)
            for pixel in sum.indices { sum[pixel] *= share }
        }
        return sum
    }
}
