import Imaging
import Testing

@Suite struct ScaleBarTests {
    @Test func lengthsAreRoundAndExact() throws {
        let bar = try #require(ScaleBar(millimetresPerPixel: 0.7, longest: 128))
        // 50 / 0.7 = 71.4; 100 mm would be too long.
        #expect(bar.millimetres == 50 && bar.pixels == 71 && bar.label == "5 cm")
        let small = try #require(ScaleBar(millimetresPerPixel: 0.05, longest: 60))
        #expect(small.millimetres == 2 && small.pixels == 40 && small.label == "2 mm")
        #expect(ScaleBar(millimetresPerPixel: 0, longest: 60) == nil)
        #expect(ScaleBar(millimetresPerPixel: 1, longest: 0) == nil)
    }

    @Test func theDrawnBarIsAsLongAsItSays() throws {
        let bar = try #require(ScaleBar(millimetresPerPixel: 0.7, longest: 128))
        var picture = try Picture(width: 200, height: 60, color: RGB(gray: 60))
        bar.draw(on: &picture, x: 20, y: 50, capHeight: 10)
        #expect((0..<200).filter { picture[$0, 49] == .white } == Array(20..<91))
    }

    @Test func ticksAreRoundNumbers() {
        #expect(AxisTicks.round(0...1, count: 5) == [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1])
        #expect(AxisTicks.round(-1000...450, count: 4) == [-1000, -500, 0])
        #expect(AxisTicks.round(3...3, count: 4).isEmpty && AxisTicks.round(0...1, count: 0).isEmpty)
    }
}

@Suite struct MontageTests {
    @Test func tilesStandInRowsWithTheirGaps() throws {
        let tiles = try [RGB(1, 0, 0), RGB(2, 0, 0), RGB(3, 0, 0)].enumerated().map { index, color in
            Montage.Tile(try Picture(width: 10 + index, height: 8, color: color))
        }
        let montage = try Montage(columns: 2, gap: 3).picture(tiles)
        #expect(montage.width == 2 * 12 + 3 * 3 && montage.height == 2 * 8 + 3 * 3)
        #expect(bounds(of: montage) { $0.red == 1 }?.x == 4...13 && bounds(of: montage) { $0.red == 2 }?.x == 18...28)
        #expect(bounds(of: montage) { $0.red == 3 }?.x == 3...14 && bounds(of: montage) { $0.red == 3 }?.y == 14...21)
    }

    @Test func captionsHaveRoomBelow() throws {
        let tile = Montage.Tile(
            try Picture(width: 20, height: 20, color: RGB(200, 0, 0)), caption: "Dice 0.71 · slice 9")
        let montage = try Montage(columns: 4).picture([tile])
        let ink = try #require(bounds(of: montage) { $0.green > 50 })
        #expect(ink.x.lowerBound >= 5 && ink.x.upperBound < montage.width - 5)
        #expect(ink.y.lowerBound >= 26 && ink.y.upperBound < montage.height - 5)
    }

    @Test func nothingAndNonsenseAreRefused() throws {
        let tile = Montage.Tile(try Picture(width: 2, height: 2))
        #expect(throws: ImagingError.self) { try Montage(columns: 2).picture([]) }
        #expect(throws: ImagingError.self) { try Montage(columns: 0).picture([tile]) }
        #expect(throws: ImagingError.self) { try Montage(columns: 1, gap: -9).picture([tile]) }
    }

    @Test func mosaicSlicesAreEven() {
        #expect(MosaicFigure.slices(count: 4, of: 100) == [12, 37, 62, 87])
        #expect(MosaicFigure.slices(count: 9, of: 3) == [0, 1, 2])
        #expect(MosaicFigure.slices(count: 1, of: 5) == [2])
    }
}

@Suite struct FigureTests {
    private let size = GridSize(i: 60, j: 50, k: 20)
    private let spacing = Spacing(i: 2, j: 2, k: 5)

    /// Air with one box of bone whose middle is the voxel (40, 15, 14).
    private func boxed() throws -> CTVolume {
        try makeVolume(size, spacing: spacing) { i, j, k in
            abs(i - 40) <= 3 && abs(j - 15) <= 3 && abs(k - 14) <= 1 ? 1500 : -1000
        }
    }

    @Test func planesAreAligned() throws {
        let volume = try boxed()
        let settings = FigureSettings(window: try Window(center: 250, width: 500))
        let figure = try ThreePlaneFigure(settings, panelSize: 480, crosshair: false)
            .picture(of: volume, at: VoxelIndex(i: 40, j: 15, k: 14))
        // 0.25 mm per pixel: axial 480 × 400, coronal 480 × 400, sagittal 400 × 400, gaps of 8.
        #expect(figure.width == 480 + 8 + 400 && figure.height == 400 + 8 + 400)
        func box(_ x: Range<Int>, _ y: Range<Int>) throws -> (x: ClosedRange<Int>, y: ClosedRange<Int>) {
            // The box is the only area where a whole neighbourhood is white.
            var part = try Picture(width: x.count, height: y.count)
            for row in y { for column in x { part[column - x.lowerBound, row - y.lowerBound] = figure[column, row] } }
            return try #require(bounds(of: part) { $0 == .white }.map { _ in solid(part) } ?? nil)
        }
        let axial = try box(0..<480, 0..<400)
        let coronal = try box(0..<480, 408..<808)
        let sagittal = try box(488..<888, 408..<808)
        #expect(axial.x == coronal.x && coronal.y == sagittal.y)
        #expect(axial.x == 296...351 && axial.y == 96...151)  // voxels 37...43 and 12...18 at 8 pixels each
        #expect(coronal.y == 80...139)  // k 13...15 from the top: 4...6 at 20 pixels each
        #expect(sagittal.x == 96...151)
    }

    /// The bounds of pixels whose 15 × 15 surroundings are white, grown back: letters are too thin to count.
    private func solid(_ picture: Picture) -> (x: ClosedRange<Int>, y: ClosedRange<Int>)? {
        let core = 7
        var found: (x: ClosedRange<Int>, y: ClosedRange<Int>)?
        for y in core..<picture.height - core {
            for x in core..<picture.width - core {
                let white = (-core...core).allSatisfy { dy in
                    (-core...core).allSatisfy { picture[x + $0, y + dy].red > 127 }
                }
                guard white else { continue }
                let old = found ?? (x...x, y...y)
                found = (min(old.x.lowerBound, x)...max(old.x.upperBound, x), old.y.lowerBound...y)
            }
        }
        return found.map {
            ($0.x.lowerBound - core...$0.x.upperBound + core, $0.y.lowerBound - core...$0.y.upperBound + core)
        }
    }

    @Test func labelsOfAnotherPlaceAreRefused() throws {
        let volume = try boxed()
        func panel(_ labels: LabelVolume) throws -> Picture {
            try SlicePanel(
                .axial, at: 14, window: .lung, layers: [LabelLayer(labels, scheme: .findings)], millimetresPerPixel: 1
            ).picture(of: volume)
        }
        let fitting: LabelVolume = try makeVolume(size, spacing: spacing) { i, _, _ in i == 5 ? 1 : 0 }
        #expect(throws: Never.self) { try panel(fitting) }
        for (size, spacing, origin) in [
            (GridSize(i: 60, j: 50, k: 19), spacing, 0.0), (size, Spacing(i: 2, j: 2, k: 5.1), 0), (size, spacing, 0.3),
        ] {
            let labels: LabelVolume = try makeVolume(
                size, spacing: spacing, origin: WorldPoint(x: 0, y: origin, z: 0)
            ) { _, _, _ in 1 }
            #expect { try panel(labels) } throws: { ($0 as? ImagingError)?.code == .gridMismatch }
        }
    }

    @Test func everyLabelIsDrawnOverItsPlace() throws {
        let volume = try boxed()
        let labels: LabelVolume = try makeVolume(size, spacing: spacing) { i, j, k in
            k == 14 && abs(i - 40) <= 3 && abs(j - 15) <= 3 ? 1 : 0
        }
        let panel = SlicePanel(
            .axial, at: 14, window: .lung,
            layers: [LabelLayer(labels, scheme: .findings, style: .filled(opacity: 0.5))],
            millimetresPerPixel: 0.5, annotations: [])
        let picture = try panel.picture(of: volume)
        let color = LabelScheme.findings.label(of: 1).color
        #expect(picture[162, 62] == color.blended(over: .white, opacity: 0.5))
        #expect(picture[10, 10] == RGB(gray: Window.lung.gray(-1000)))
    }

    @Test func oneSliceIsShownAlone() throws {
        let volume: CTVolume = try makeVolume(GridSize(i: 40, j: 40, k: 1)) { i, _, _ in Int16(i * 20 - 1000) }
        let figure = try ThreePlaneFigure(FigureSettings(), panelSize: 200).picture(of: volume)
        #expect(figure.height == 200)
        let mosaic = try MosaicFigure(FigureSettings(), count: 12).picture(of: volume)
        #expect(mosaic.width > 280)
        #expect(throws: ImagingError.self) { try MosaicFigure(FigureSettings(), count: 0).picture(of: volume) }
    }

    @Test func colourBarsRunFromBottomToTop() throws {
        let bar = try ColorBar(.hot, range: 0...40, title: "Slices", ticks: [0, 20, 40, 60]).picture(length: 101)
        let columns = (0..<bar.height).map { bar[3, $0] }
        #expect(ColorBar(.hot, range: 0...40).ticks == [0, 10, 20, 30, 40])
        // 29 rows of title above, 10 below.
        #expect(bar.height == 29 + 101 + 10)
        #expect(columns[29] == ColorMap.hot.color(1) && columns[129] == ColorMap.hot.color(0))
        #expect(columns[79] == ColorMap.hot.color(0.5))
        #expect(throws: ImagingError.self) { try ColorBar(.gray, range: 0...1).picture(length: 0) }
    }
}

@Suite struct LinePlotTests {
    private let red = RGB(200, 0, 0)

    @Test func curvesRunThroughTheirPoints() throws {
        // Ranges fixed, so the frame's corners are the points' places.
        let plot = LinePlot(
            series: [.init(name: "", points: [(0, 0), (10, 1)], color: red)], xRange: 0...10, yRange: 0...1)
        let picture = try plot.picture(width: 400, height: 300)
        let frame = try #require(bounds(of: picture) { $0 == RGB(gray: 40) })
        let curve = try #require(bounds(of: picture) { $0 == red })
        #expect(curve.x.lowerBound <= frame.x.upperBound && curve.y.upperBound < 300)
        let left = curve.x.lowerBound
        let lowest = (0..<300).last { picture[left + 1, $0].green < 100 && picture[left + 1, $0].red > 150 }
        let highest = (0..<300).first {
            picture[curve.x.upperBound - 1, $0].green < 100 && picture[curve.x.upperBound - 1, $0].red > 150
        }
        #expect(try abs(#require(lowest) - curve.y.upperBound) <= 2)
        #expect(try abs(#require(highest) - curve.y.lowerBound) <= 2)
    }

    @Test func theLegendStandsInItsCorner() throws {
        // The curve lies in the lower left quarter, so red elsewhere is the legend's.
        let points = [(x: 0.0, y: 0.1), (x: 3.0, y: 0.1)]
        var plot = LinePlot(
            series: [.init(name: "train", points: points, color: red)], xRange: 0...10, yRange: 0...1)
        func quarters(of picture: Picture) -> [Bool] {
            [0..<150, 150..<300].map { rows in
                rows.contains { y in (250..<400).contains { picture[$0, y] == red } }
            }
        }
        #expect(quarters(of: try plot.picture(width: 400, height: 300)) == [true, false])
        plot.legendCorner = .bottomRight
        #expect(quarters(of: try plot.picture(width: 400, height: 300)) == [false, true])
    }

    @Test func gapsAndNothingAreDrawnWithoutTrapping() throws {
        let points: [(x: Double, y: Double)] = [(0, 1), (1, .nan), (2, 3), (.infinity, 3), (4, -1e300)]
        let plot = LinePlot(title: "Loss", series: [.init(name: "train", points: points, color: red)])
        #expect(throws: Never.self) { try plot.picture() }
        #expect(throws: Never.self) { try LinePlot(series: []).picture() }
        #expect(throws: Never.self) {
            try LinePlot(series: [.init(name: "one", points: [(3, 3)], color: red)]).picture()
        }
        #expect(throws: ImagingError.self) { try LinePlot(series: []).picture(width: 20, height: 20) }
    }
}
