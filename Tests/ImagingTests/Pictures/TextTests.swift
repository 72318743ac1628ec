import Imaging
import Testing

@Suite struct TextTests {
    @Test(arguments: [5.0, 7, 9, 10, 13.4, 20, 31])
    func everyCharacterStaysInTheMeasuredBox(capHeight: Double) throws {
        for code in 32...126 {
            try check(String(UnicodeScalar(UInt8(code))), capHeight: capHeight)
        }
        for character in "−·×°±–≤≥²³" { try check(String(character), capHeight: capHeight) }
        try check("Axial 75/148 · W 1500 L −600 HU", capHeight: capHeight)
    }

    private func check(_ text: String, capHeight: Double) throws {
        let line = TextLine(text, capHeight: capHeight)
        let (x, baseline) = (40.0, 70.0)
        var picture = try Picture(width: Int(line.width) + 80, height: 110)
        picture.draw(text, x: x, y: baseline, style: TextStyle(capHeight: capHeight), vertical: .baseline)
        guard let ink = bounds(of: picture, where: { $0 != .black }) else {
            #expect(text == " ", "\(text) leaves no trace")
            return
        }
        // Strokes may reach half their width beyond the letters' margins.
        let overhang = line.strokeWidth / 2 + 1
        #expect(Double(ink.x.lowerBound) >= x - overhang, "\(text) at \(capHeight): \(ink)")
        #expect(Double(ink.x.upperBound) <= x + line.width + overhang, "\(text) at \(capHeight): \(ink)")
        #expect(Double(ink.y.lowerBound) >= baseline - line.ascent - 1, "\(text) at \(capHeight): \(ink)")
        #expect(Double(ink.y.upperBound) <= baseline + line.descent + 1, "\(text) at \(capHeight): \(ink)")
    }

    @Test func capitalsAreAsHighAsAsked() throws {
        var picture = try Picture(width: 60, height: 60)
        picture.draw("H", x: 10, y: 10, style: TextStyle(capHeight: 21))
        // The strokes' middles are 21 pixels apart; half a stroke stands out at each end.
        let ink = try #require(bounds(of: picture) { $0.red > 127 })
        let stroke = TextLine("H", capHeight: 21).strokeWidth
        #expect(abs(Double(ink.y.count) - 21 - stroke) <= 1)
    }

    @Test func anchorsPlaceTheLine() throws {
        let style = TextStyle(capHeight: 12)
        func ink(_ horizontal: HorizontalAnchor, _ vertical: VerticalAnchor) throws -> (
            x: ClosedRange<Int>, y: ClosedRange<Int>
        ) {
            var picture = try Picture(width: 200, height: 100)
            picture.draw("HOH", x: 100, y: 50, style: style, horizontal: horizontal, vertical: vertical)
            return try #require(bounds(of: picture) { $0.red > 127 })
        }
        #expect(try ink(.left, .top).x.lowerBound >= 100 && ink(.right, .top).x.upperBound < 100)
        let center = try ink(.center, .middle)
        #expect(abs(center.x.lowerBound + center.x.upperBound - 200) <= 2)
        #expect(abs(center.y.lowerBound + center.y.upperBound - 100) <= 2)
        #expect(try abs(ink(.left, .top).y.lowerBound - 50) <= 1 && abs(ink(.left, .baseline).y.upperBound - 50) <= 1)
    }

    @Test func unknownCharactersBecomeQuestionMarks() throws {
        func drawn(_ text: String) throws -> Picture {
            var picture = try Picture(width: 80, height: 30)
            picture.draw(text, x: 5, y: 5, style: TextStyle(capHeight: 12))
            return picture
        }
        #expect(firstDifference(try drawn("肺"), try drawn("?")) == nil)
        #expect(firstDifference(try drawn("-"), try drawn("−")) != nil)
    }

    @Test func theHaloSurroundsTheLetters() throws {
        var picture = try Picture(width: 60, height: 40, color: .white)
        picture.draw("I", x: 20, y: 10, style: TextStyle(capHeight: 16, halo: .black))
        // White letter on white ground: only the rim is dark, on both sides.
        let row = (0..<60).map { picture[$0, 18].red }
        let dark = row.indices.filter { row[$0] < 100 }
        #expect(dark.count >= 2 && row[(dark[0] + dark[dark.count - 1]) / 2] > 200)
    }
}
