import Imaging
import Testing

@Suite struct PictureTests {
    @Test(arguments: [(0, 5), (5, 0), (-1, 5), (Picture.longestSide + 1, 1), (20_000, 20_000), (Int.max, Int.max)])
    func sizesThatNoPictureCanHaveAreRefused(width: Int, height: Int) {
        #expect { try Picture(width: width, height: height) } throws: {
            ($0 as? ImagingError)?.code == .invalidArgument
        }
    }

    @Test func blendingIsTheWeightedMeanRounded() throws {
        let color = RGB(200, 100, 0).blended(over: RGB(100, 101, 255), opacity: 0.25)
        #expect(color == RGB(125, 101, 191))  // 125, 100.75, 191.25
        #expect(RGB.white.blended(over: .black, opacity: 0.5) == RGB(gray: 128))
        #expect(RGB.white.blended(over: .black, opacity: 7) == .white)
        #expect(RGB.white.blended(over: .black, opacity: -1) == .black)
        #expect(RGB.white.blended(over: .black, opacity: .nan) == .black)
    }

    @Test func drawingOutsideIsLeftOut() throws {
        var picture = try Picture(width: 4, height: 3, color: RGB(1, 2, 3))
        picture.fill(x: -5, y: -5, width: 7, height: 6, color: .white)
        picture.fill(x: 3, y: 2, width: Int.max, height: Int.max, color: .white)
        picture.blend(.white, opacity: 1, x: 4, y: 0)
        picture.stroke([(-100, -100), (-50, 90)], width: 3, color: .white)
        picture.stroke([(.nan, 0), (1, 1)], width: 3, color: .white)
        picture.draw(try Picture(width: 2, height: 2, color: RGB(9, 9, 9)), x: 3, y: -1)
        picture.draw(try Picture(width: 2, height: 2), x: 4, y: 0)
        let white = (0..<12).filter { picture[$0 % 4, $0 / 4] == .white }
        #expect(white == [0, 1, 11])
        #expect(picture[3, 0] == RGB(9, 9, 9))
        #expect(picture[2, 1] == RGB(1, 2, 3))
    }

    @Test func linesAreAsWideAsAsked() throws {
        var picture = try Picture(width: 21, height: 21)
        picture.stroke([(2.5, 10.5), (18.5, 10.5)], width: 3, color: .white)
        // Rows 9, 10, 11 are covered whole, the rows beside them not at all.
        #expect((0..<21).map { picture[10, $0] == .white ? 1 : 0 } == (0..<21).map { (9...11).contains($0) ? 1 : 0 })
        #expect(picture[10, 8] == .black && picture[10, 12] == .black)
        // A stroke between two rows covers half of each.
        picture = try Picture(width: 21, height: 21)
        picture.stroke([(2.5, 10), (18.5, 10)], width: 1, color: .white)
        #expect(picture[10, 9] == RGB(gray: 128) && picture[10, 10] == RGB(gray: 128))
    }

    @Test func jointsOfATransparentLineDoNotShow() throws {
        var picture = try Picture(width: 21, height: 21)
        picture.stroke([(2.5, 10.5), (10.5, 10.5), (18.5, 10.5)], width: 3, color: .white, opacity: 0.5)
        #expect(picture[10, 10] == picture[6, 10])
    }
}
