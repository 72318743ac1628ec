import NeuralNet

/// Times runs of some work, in one go or one per line of standard input.
struct Stopwatch {
    private struct Ready: Encodable { let ready = true }
    private struct Lap: Encodable { let seconds: Double }
    private struct Report: Encodable {
        let description, device: String
        let batch: Int
        let secondsPerImage, secondsPerRun: Double
        let allSeconds: [Double]
        let peakResidentBytes: Int
    }

    let options: BenchOptions
    /// What is measured, for people.
    let description: String
    /// What computes, and how precisely.
    let device: String

    /// Runs `work` once untimed, then as the options say, and prints the result.
    func measure(_ work: () throws -> Void) throws {
        try work()
        if options.paced {
            try JSONOutput.print(Ready())
            while readLine() != nil { try JSONOutput.print(Lap(seconds: try seconds(work))) }
            return
        }
        var all: [Double] = []
        for _ in 0..<options.repeats { all.append(try seconds(work)) }
        try report(all)
    }

    private func seconds(_ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try work()
        return (clock.now - start) / .seconds(1)
    }

    private func report(_ all: [Double]) throws {
        let sorted = all.sorted()
        let middle = sorted.count / 2
        let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        let perImage = median / Double(options.batch)
        let peak = ProcessStatus.peakResidentBytes
        if options.json {
            try JSONOutput.print(
                Report(
                    description: description, device: device, batch: options.batch, secondsPerImage: perImage,
                    secondsPerRun: median, allSeconds: all, peakResidentBytes: peak))
        } else {
            print("\(description)")
            print("  \(milliseconds(perImage)) ms per image, median of \(all.count) runs of \(options.batch)")
            print("  \(milliseconds(sorted[0] / Double(options.batch))) ms per image in the fastest run")
            print("  \(mebibytes(peak)) MiB peak resident memory")
        }
    }
}

func milliseconds(_ seconds: Double) -> String {
    let tenths = (seconds * 10_000).rounded() / 10
    return "\(tenths)"
}
