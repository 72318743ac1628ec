/// Weights that turn a row of n values into one of m values.
///
/// Convention: pixels are areas. Output pixel o has its centre at (o + ½)·n/m in input pixels, whose own centres lie
/// at ½, 3⁄2, … The filter is a triangle of half-width max(n/m, 1): linear interpolation when the row grows, a
/// weighted mean over all covered pixels when it shrinks; weights are cut off at the row's ends and sum to 1. This
/// equals PyTorch's `interpolate(mode="bilinear", align_corners=False, antialias=True)`.
package struct ResizeFilter: Sendable {
    package let inputs: Int
    package let outputs: Int
    /// First input of every output.
    package let firsts: [Int]
    /// Weights of output o are `weights[weightStarts[o]..<weightStarts[o + 1]]`.
    package let weightStarts: [Int]
    package let weights: [Float]

    init(from inputs: Int, to outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
        let scale = Double(inputs) / Double(outputs)
        let support = max(scale, 1)
        var (firsts, starts, weights) = ([Int](), [0], [Float]())
        for output in 0..<outputs {
            let center = (Double(output) + 0.5) * scale
            let first = max(Int((center - support + 0.5).rounded(.down)), 0)
            let last = min(Int((center + support + 0.5).rounded(.down)), inputs)
            let tent = (first..<max(last, first + 1)).map { input in
                max(1 - abs((Double(input) + 0.5 - center) / support), 0)
            }
            let sum = tent.reduce(0, +)
            firsts.append(first)
            weights.append(contentsOf: tent.map { Float($0 / sum) })
            starts.append(weights.count)
        }
        self.firsts = firsts
        weightStarts = starts
        self.weights = weights
    }

    /// Resizes one row: `inputs` values to the outputs of the range.
    func apply(
        to row: UnsafePointer<Float>, outputs range: Range<Int>, into target: UnsafeMutablePointer<Float>
    ) {
        weights.withUnsafeBufferPointer { weights in
            for output in range {
                let (start, end, first) = (weightStarts[output], weightStarts[output + 1], firsts[output])
                var sum: Float = 0
                for tap in start..<end { sum += weights[tap] * row[first + tap - start] }
                target[output - range.lowerBound] = sum
            }
        }
    }

    /// One output row as the weighted sum of input rows, `width` values each.
    func combine(
        rows: UnsafePointer<Float>, width: Int, output: Int, into target: UnsafeMutablePointer<Float>
    ) {
        target.update(repeating: 0, count: width)
        let start = weightStarts[output]
        for tap in start..<weightStarts[output + 1] {
            let weight = weights[tap]
            let row = rows + (firsts[output] + tap - start) * width
            for column in 0..<width { target[column] += weight * row[column] }
        }
    }
}
