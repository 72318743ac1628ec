import CKernels
import COpenBLAS

/// A row-major matrix of float32 in someone else's memory.
struct Matrix {
    let data: UnsafeMutablePointer<Float>
    let rows: Int
    let columns: Int
    /// Floats from one row to the next.
    let stride: Int
}

/// Matrix products on OpenBLAS, split over the pool's threads. How they are split depends on the sizes alone, so the
/// bits do not depend on the threads.
extension lt_context {
    /// Rows of one task: enough for a product to run at speed, few enough to share them evenly.
    private static var rowsPerTask: Int { 512 }

    /// c = a · bᵀ; a: M×K, b: N×K, c: M×N.
    func productWithTransposed(_ a: Matrix, _ b: Matrix, into c: Matrix) {
        let tasks = (a.rows + lt_context.rowsPerTask - 1) / lt_context.rowsPerTask
        parallel(tasks) { task in
            let first = task * lt_context.rowsPerTask
            let rows = min(lt_context.rowsPerTask, a.rows - first)
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(b.rows), Int32(a.columns), 1,
                a.data + first * a.stride, Int32(a.stride), b.data, Int32(b.stride), 0, c.data + first * c.stride,
                Int32(c.stride))
        }
    }

    /// c = aᵀ · b; a: K×M, b: K×N, c: M×N dense. `scratch` has the split's scratch floats.
    func productOfTransposed(_ a: Matrix, _ b: Matrix, into c: Matrix, scratch: UnsafeMutablePointer<Float>) {
        let split = TransposedProductSplit(length: a.rows, rows: a.columns, columns: b.columns)
        let partial = split.chunks == 1 ? c.data : scratch
        parallel(split.chunks * split.tiles) { task in
            let part = split.part(task)
            cblas_sgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, Int32(part.rows.count), Int32(part.columns.count),
                Int32(part.length.count), 1,
                a.data + part.length.lowerBound * a.stride + part.rows.lowerBound, Int32(a.stride),
                b.data + part.length.lowerBound * b.stride + part.columns.lowerBound, Int32(b.stride), 0,
                partial + (part.chunk * split.rows + part.rows.lowerBound) * split.columns + part.columns.lowerBound,
                Int32(split.columns))
        }
        if split.chunks > 1 { reduce(partial, chunks: split.chunks, count: split.rows * split.columns, into: c.data) }
    }

    /// sums[i] = partial[0][i] + partial[1][i] + … in this order.
    private func reduce(
        _ partial: UnsafeMutablePointer<Float>, chunks: Int, count: Int, into sums: UnsafeMutablePointer<Float>
    ) {
        let perTask = 4096
        parallel((count + perTask - 1) / perTask) { task in
            let range = (task * perTask)..<min(count, (task + 1) * perTask)
            for index in range { sums[index] = partial[index] }
            for chunk in 1..<chunks {
                let addends = partial + chunk * count
                for index in range { sums[index] += addends[index] }
            }
        }
    }
}

/// How aᵀ·b (a: length × rows, b: length × columns) is split into tasks: into tiles of the result and, when these are
/// too few to occupy many threads, into chunks of the length whose partial results are summed afterwards.
struct TransposedProductSplit {
    let length, rows, columns: Int
    let chunks: Int

    private static let tileRows = 128
    private static let tileColumns = 256
    /// Tasks to aim at, and the length from which a chunk is worth its partial result.
    private static let wantedTasks = 16
    private static let shortestChunk = 1024

    init(length: Int, rows: Int, columns: Int) {
        self.length = length
        self.rows = rows
        self.columns = columns
        let tiles = Self.ceiling(rows, Self.tileRows) * Self.ceiling(columns, Self.tileColumns)
        chunks = max(1, min(Self.ceiling(Self.wantedTasks, tiles), length / Self.shortestChunk))
    }

    var tiles: Int { Self.ceiling(rows, Self.tileRows) * Self.ceiling(columns, Self.tileColumns) }
    /// Floats of the partial results.
    var scratchFloats: Int { chunks == 1 ? 0 : chunks * rows * columns }

    struct Part {
        let chunk: Int
        let length, rows, columns: Range<Int>
    }

    func part(_ task: Int) -> Part {
        let chunk = task / tiles
        let tile = task % tiles
        let across = Self.ceiling(columns, Self.tileColumns)
        let row = tile / across * Self.tileRows
        let column = tile % across * Self.tileColumns
        return Part(
            chunk: chunk, length: (length * chunk / chunks)..<(length * (chunk + 1) / chunks),
            rows: row..<min(rows, row + Self.tileRows), columns: column..<min(columns, column + Self.tileColumns))
    }

    private static func ceiling(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }
}
