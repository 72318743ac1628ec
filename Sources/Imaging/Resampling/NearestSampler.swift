/// The nearest voxel's label.
struct NearestSampler {
    let source: UnsafePointer<UInt8>
    let size: GridSize
    let mapping: GridMapping
    let target: GridSize

    /// Voxels beyond the source are left as they are.
    func write(to values: UnsafeMutablePointer<UInt8>) {
        let columns = mapping.isParallel(over: target) ? places() : nil
        Parallel.pieces(of: target.j * target.k, length: 64) { rows in
            for row in rows {
                let (k, j) = row.quotientAndRemainder(dividingBy: target.j)
                let start = mapping.start + mapping.j * Double(j) + mapping.k * Double(k)
                if let columns {
                    writeRow(start, columns, to: values + row * target.i)
                } else {
                    writeRow(start, to: values + row * target.i)
                }
            }
        }
    }

    /// For parallel axes: the source's i for every i of the target, −1 where there is none.
    private func places() -> [Int] {
        (0..<target.i).map { LinearPlace.nearest(mapping.start.x + mapping.i.x * Double($0), count: size.i) ?? -1 }
    }

    private func writeRow(_ start: SIMD3<Double>, _ columns: [Int], to values: UnsafeMutablePointer<UInt8>) {
        guard let y = LinearPlace.nearest(start.y, count: size.j), let z = LinearPlace.nearest(start.z, count: size.k)
        else { return }
        let row = source + (z * size.j + y) * size.i
        for (i, column) in columns.enumerated() where column >= 0 { values[i] = row[column] }
    }

    private func writeRow(_ start: SIMD3<Double>, to values: UnsafeMutablePointer<UInt8>) {
        for i in 0..<target.i {
            let place = start + mapping.i * Double(i)
            guard let x = LinearPlace.nearest(place.x, count: size.i),
                let y = LinearPlace.nearest(place.y, count: size.j),
                let z = LinearPlace.nearest(place.z, count: size.k)
            else { continue }
            values[i] = source[(z * size.j + y) * size.i + x]
        }
    }
}
