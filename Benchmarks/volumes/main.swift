// Times operations on volumes; the README beside this file says how to compare them.
import Foundation
import Imaging

/// The best of three runs: wall clock and processor time of all threads.
func time(_ name: String, _ body: () throws -> Void) rethrows {
    let clock = ContinuousClock()
    var best = (wall: Double.infinity, processor: Double.infinity)
    for _ in 0..<3 {
        let (start, processorStart) = (clock.now, Foundation.clock())
        try body()
        best.wall = min(best.wall, (clock.now - start) / .milliseconds(1))
        best.processor = min(
            best.processor, Double(Foundation.clock() - processorStart) * 1000 / Double(CLOCKS_PER_SEC))
    }
    let numbers = String(format: "%9.1f ms  (processor %9.1f ms)", best.wall, best.processor)
    print(name.padding(toLength: 44, withPad: " ", startingAt: 0) + numbers)
}

let ct = try makeThorax(GridSize(i: 512, j: 512, k: 148))
if CommandLine.arguments.count > 1 {
    try ct.voxels.withUnsafeBytes { try Data($0).write(to: URL(filePath: CommandLine.arguments[1])) }
}
let air = ct.mask(where: .min ... -320)
let lungs = try air.keepingLargestComponents(3, connectivity: .six)
var labels = lungs

time("threshold") { _ = ct.mask(where: .min ... -320) }
try time("components, 6") { _ = try air.components(.six) }
try time("components, 6, and label volume") { _ = try air.components(.six).labelled() }
try time("components, 26, and label volume") { _ = try air.components(.twentySix).labelled() }
try time("components, 4 in slices, and label volume") { _ = try air.components(.four).labelled() }
try time("keep the three largest, 6") { _ = try air.keepingLargestComponents(3, connectivity: .six) }
try time("fill holes in slices") { _ = try lungs.fillingHoles(.inSlices) }
try time("fill holes in volume") { _ = try lungs.fillingHoles(.inVolume) }
try time("dilation, ball 5 mm") { _ = try lungs.dilated(by: .ball(radius: 5)) }
try time("closing, ball 10 mm") { _ = try lungs.closed(by: .ball(radius: 10)) }
try time("opening, ball 3 mm") { _ = try lungs.opened(by: .ball(radius: 3)) }
try time("dilation, box 3x3x3 voxels") { _ = try lungs.dilated(by: .box(i: 1, j: 1, k: 1)) }
time("distances") { _ = lungs.distances() }
time("signed distances") { _ = lungs.signedDistances() }

let fine = Spacing(i: 0.9, j: 0.9, k: 1.5)
let parallel = try Grid(size: GridSize(i: 398, j: 398, k: 196), affine: Affine(order: .lps, spacing: fine))
var turned = parallel.affine
(turned.i, turned.j) = (turned.i + 0.05 * turned.j, turned.j - 0.05 * turned.i)
let oblique = try Grid(size: parallel.size, affine: turned)
try time("resample, linear, parallel axes") { _ = try ct.resampled(onto: parallel) }
try time("resample, linear, oblique") { _ = try ct.resampled(onto: oblique) }
try time("resample, nearest, parallel axes") { _ = try lungs.resampled(onto: parallel) }

let resizer = try SliceResizer(SliceRectangle(i: 20..<490, j: 60..<450), height: 256, width: 256)
try time("all slices to 256x256") { _ = try resizer.pictures(of: ct, slices: 0..<148) }
let scores = try resizer.pictures(of: ct, slices: 70..<74)
try time("16 slices of 4 classes back, argmax") {
    for k in 0..<16 { try resizer.restore(scores: scores, classes: 4, to: &labels, slice: k) }
}
try time("histogram under one label") { _ = try ct.histograms(under: lungs, of: [1]) }
time("label counts") { _ = LabelCounts(lungs) }

let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
print(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "")
