import Foundation
import Imaging

/// A vertical axis: from values to positions, with ticks at round numbers.
struct ChartScale {
    let range: ClosedRange<Double>
    let ticks: [(value: Double, label: String)]
    private let bottom, top: Double

    /// Opens the values' range a little; values that no plot can show do not count.
    init(_ values: [Double], bottom: Double, top: Double) {
        let finite = values.filter { abs($0) < 1e12 }
        let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        let margin = max((high - low) * 0.08, max(abs(high), 1e-6) * 0.01)
        let range = (low - margin)...(high + margin)
        self.range = range
        self.bottom = bottom
        self.top = top
        let values = AxisTicks.round(range, count: 6).filter(range.contains)
        let step = values.count > 1 ? values[1] - values[0] : 1
        let digits = max(0, Int((-log10(max(step, 1e-12))).rounded(.up)))
        ticks = values.map { ($0, String(format: "%.\(digits)f", $0)) }
    }

    func position(_ value: Double) -> Double {
        bottom - (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (bottom - top)
    }
}
