/// Trilinear interpolation of HU values; weights in Float, coordinates in Double.
struct LinearSampler {
    let source: UnsafePointer<Int16>
    let size: GridSize
    let mapping: GridMapping
    let target: GridSize

    /// Any two grids: every voxel finds its own place. Voxels beyond the source are left as they are.
    func write(to values: UnsafeMutablePointer<Int16>) {
        Parallel.pieces(of: target.j * target.k, length: 64) { rows in
            for row in rows {
                let (k, j) = row.quotientAndRemainder(dividingBy: target.j)
                let start = mapping.start + mapping.j * Double(j) + mapping.k * Double(k)
                for i in 0..<target.i {
                    let place = start + mapping.i * Double(i)
                    guard let x = LinearPlace(place.x, count: size.i), let y = LinearPlace(place.y, count: size.j),
                        let z = LinearPlace(place.z, count: size.k)
                    else { continue }
                    let near = blend(line(y.lower, z.lower, x), line(y.upper, z.lower, x), y.weight)
                    let far = blend(line(y.lower, z.upper, x), line(y.upper, z.upper, x), y.weight)
                    values[row * target.i + i] = Self.rounded(blend(near, far, z.weight))
                }
            }
        }
    }

    /// Grids whose axes are parallel: places along each axis are found once, and four source rows are blended into
    /// one before it is sampled.
    func writeParallelAxes(to values: UnsafeMutablePointer<Int16>) {
        let columns = (0..<target.i).map { LinearPlace(mapping.start.x + mapping.i.x * Double($0), count: size.i) }
        guard let first = columns.firstIndex(where: { $0 != nil }),
            let last = columns.lastIndex(where: { $0 != nil })
        else { return }
        let inside = columns.compactMap(\.self)
        Parallel.pieces(of: target.j * target.k, length: 64) { rows in
            let blended = UnsafeMutablePointer<Float>.allocate(capacity: size.i)
            defer { blended.deallocate() }
            for row in rows {
                let (k, j) = row.quotientAndRemainder(dividingBy: target.j)
                guard let y = LinearPlace(mapping.start.y + mapping.j.y * Double(j), count: size.j),
                    let z = LinearPlace(mapping.start.z + mapping.k.z * Double(k), count: size.k)
                else { continue }
                blendRows(y, z, into: blended)
                let output = values + row * target.i + first
                for index in 0...last - first {
                    let x = inside[index]
                    output[index] = Self.rounded(blend(blended[x.lower], blended[x.upper], x.weight))
                }
            }
        }
    }

    private func blendRows(_ y: LinearPlace, _ z: LinearPlace, into blended: UnsafeMutablePointer<Float>) {
        let a = source + (z.lower * size.j + y.lower) * size.i
        let b = source + (z.lower * size.j + y.upper) * size.i
        let c = source + (z.upper * size.j + y.lower) * size.i
        let d = source + (z.upper * size.j + y.upper) * size.i
        for i in 0..<size.i {
            let near = blend(Float(a[i]), Float(b[i]), y.weight)
            let far = blend(Float(c[i]), Float(d[i]), y.weight)
            blended[i] = blend(near, far, z.weight)
        }
    }

    @inline(__always)
    private func line(_ j: Int, _ k: Int, _ x: LinearPlace) -> Float {
        let row = source + (k * size.j + j) * size.i
        return blend(Float(row[x.lower]), Float(row[x.upper]), x.weight)
    }

    @inline(__always)
    private func blend(_ a: Float, _ b: Float, _ weight: Float) -> Float { a + (b - a) * weight }

    /// To the nearest whole number, halves away from zero; a blend of Int16 values stays within their range. Without
    /// `rounded()`, which is a call into the C library where the processor is not known to have the instruction.
    @inline(__always)
    private static func rounded(_ value: Float) -> Int16 {
        Int16(truncatingIfNeeded: Int32(value + (value < 0 ? -0.5 : 0.5)))
    }
}
