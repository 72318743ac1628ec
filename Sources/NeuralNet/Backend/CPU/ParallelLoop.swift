import CKernels

extension lt_context {
    /// Runs `body` for every index on the pool's threads and returns when all have ended.
    ///
    /// `body` must write to different memory for different indices.
    func parallel(_ count: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: body) { task in
                let run: lt_task = { task, index, _ in
                    task!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(index))
                }
                lt_pool_run(pool, Int64(count), run, UnsafeMutableRawPointer(mutating: task))
            }
        }
    }
}
