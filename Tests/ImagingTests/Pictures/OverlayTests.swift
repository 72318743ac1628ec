import Imaging
import Testing

@Suite struct OverlayTests {
    private let scheme = LabelScheme.findings
    private let opacity = 0.4

    /// 20 × 20 voxels with a square of label 2 from 6 to 13, four pixels a voxel.
    private func overlaid(_ style: OverlayStyle) throws -> (picture: Picture, ground: Picture) {
        let labels: LabelVolume = try makeVolume(GridSize(i: 20, j: 20, k: 1)) { i, j, _ in
            (6...13).contains(i) && (6...13).contains(j) ? 2 : 0
        }
        let ground = try Picture(width: 80, height: 80, color: RGB(90, 100, 110))
        var picture = ground
        try picture.overlay(
            try labels.slice(.axial, at: 0), scheme: scheme, style: style, millimetresPerPixel: 0.25)
        return (picture, ground)
    }

    @Test func fillsBlendAsStated() throws {
        let (picture, ground) = try overlaid(.filled(opacity: opacity))
        let color = scheme.label(of: 2).color
        #expect(picture[40, 40] == color.blended(over: ground[40, 40], opacity: opacity))
        #expect(picture[30, 45] == picture[40, 40])
        // Two pixels beyond the border nothing is drawn.
        #expect(picture[21, 40] == ground[21, 40] && picture[58, 40] == ground[58, 40])
    }

    @Test func outlinesRunAlongTheVoxelsEdges() throws {
        let (picture, ground) = try overlaid(.outlined)
        let color = scheme.label(of: 2).color
        #expect(picture[40, 40] == ground[40, 40])
        // The edge of voxel 6 is at pixel 24: the pixels on both sides carry the line.
        for pixel in [picture[23, 40], picture[24, 40], picture[40, 55], picture[40, 56]] {
            #expect(pixel == color.blended(over: ground[0, 0], opacity: 0.75), "\(pixel)")
        }
        #expect(picture[21, 40] == ground[21, 40] && picture[26, 40] == ground[26, 40])
    }

    @Test func otherSizesAreRefused() throws {
        let labels: LabelVolume = try makeVolume(GridSize(i: 20, j: 20, k: 1)) { _, _, _ in 1 }
        var picture = try Picture(width: 81, height: 80)
        let before = picture
        #expect {
            try picture.overlay(
                try labels.slice(.axial, at: 0), scheme: scheme, style: .outlined, millimetresPerPixel: 0.25)
        } throws: {
            ($0 as? ImagingError)?.code == .gridMismatch
        }
        #expect(firstDifference(picture, before) == nil)
    }
}
