import Foundation
import Imaging
import TestDeadlines

/// For tests with the real worker, which reads what is dropped.
extension TriageFolder {
    /// Drops a small CT of nobody.
    func dropScan(_ name: String, seed: UInt64 = 1, slices: Int = 10) throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 28, j: 28, k: slices))
        let hidden = folders.inbox + "/." + name
        try NIfTIFile.write(try ChestPhantom(seed: seed).render(on: grid).ct, to: hidden)
        try FileManager.default.moveItem(atPath: hidden, toPath: folders.inbox + "/" + name)
    }

    /// Waits until so many jobs were announced; a worker takes its time on a machine that is busy.
    func end(_ count: Int, log: RecordedLog) async throws {
        try await eventually("\(count) jobs at their end; the log: \(log.lines)", within: 120) {
            observer.heard.announced.count >= count
        }
    }
}
