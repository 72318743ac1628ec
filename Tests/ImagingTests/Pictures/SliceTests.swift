import Imaging
import Testing

@Suite struct SliceTests {
    private let size = GridSize(i: 7, j: 5, k: 4)

    /// One bright voxel in air; i grows to the patient's left, j to the back, k to the head.
    private func marked(_ voxel: VoxelIndex) throws -> CTVolume {
        try makeVolume(size, spacing: Spacing(i: 1, j: 1, k: 1)) { i, j, k in
            VoxelIndex(i: i, j: j, k: k) == voxel ? 1000 : -1000
        }
    }

    private func place(_ plane: AnatomicalPlane, _ voxel: VoxelIndex) throws -> [Int] {
        let slice = try marked(voxel).slice(plane, at: voxel.slice(in: plane))
        let index = try #require(slice.values.firstIndex(of: 1000))
        return [index % slice.width, index / slice.width, slice.width, slice.height]
    }

    @Test func rightIsLeftAndFrontIsUpInAxial() throws {
        // The patient's right front: the picture's top left.
        #expect(try place(.axial, VoxelIndex(i: 0, j: 0, k: 2)) == [0, 0, 7, 5])
        #expect(try place(.axial, VoxelIndex(i: 6, j: 1, k: 2)) == [6, 1, 7, 5])
    }

    @Test func rightIsLeftAndHeadIsUpInCoronal() throws {
        #expect(try place(.coronal, VoxelIndex(i: 0, j: 1, k: 3)) == [0, 0, 7, 4])
        #expect(try place(.coronal, VoxelIndex(i: 5, j: 1, k: 0)) == [5, 3, 7, 4])
    }

    @Test func frontIsLeftAndHeadIsUpInSagittal() throws {
        #expect(try place(.sagittal, VoxelIndex(i: 2, j: 0, k: 3)) == [0, 0, 5, 4])
        #expect(try place(.sagittal, VoxelIndex(i: 2, j: 4, k: 1)) == [4, 2, 5, 4])
    }

    /// A volume without any symmetry, stored in each of the 48 orders, gives the same picture.
    @Test(arguments: VoxelOrder.allCases) func theOrderInTheFileDoesNotShow(order: VoxelOrder) throws {
        let volume: CTVolume = try makeVolume(size, spacing: Spacing(i: 1, j: 1.5, k: 2.5)) { i, j, k in
            Int16(i * 90 + j * 37 - k * 130 + (i == 1 && j == 3 ? 500 : 0) - 700)
        }
        let stored = try volume.stored(in: order)
        #expect(stored.grid.order == order)
        let figure = ThreePlaneFigure(FigureSettings(), panelSize: 60, crosshair: false)
        let point = VoxelIndex(i: 1, j: 3, k: 2)
        let expected = try figure.picture(of: volume, at: point)
        #expect(firstDifference(try figure.picture(of: stored.lps(), at: point), expected) == nil)
    }

    @Test func lettersFollowTheSlices() {
        func letters(_ plane: AnatomicalPlane) -> String {
            let edges = plane.edges
            return String([edges.left, edges.right, edges.top, edges.bottom].map(\.rawValue))
        }
        #expect(letters(.axial) == "RLAP" && letters(.coronal) == "RLSI" && letters(.sagittal) == "APSI")
    }

    @Test(arguments: AnatomicalPlane.allCases) func slicesOutsideAreRefused(plane: AnatomicalPlane) throws {
        let volume = try marked(VoxelIndex(i: 0, j: 0, k: 0))
        for index in [-1, plane.sliceCount(of: size), Int.max] {
            #expect { try volume.slice(plane, at: index) } throws: {
                ($0 as? ImagingError)?.code == .invalidArgument
            }
        }
    }

    @Test func anisotropicVoxelsKeepTheirShape() throws {
        // A ball of 40 mm in voxels of 1 × 2 × 4 mm is round in every plane.
        let volume: CTVolume = try makeVolume(GridSize(i: 60, j: 30, k: 15), spacing: Spacing(i: 1, j: 2, k: 4)) {
            let offset = [Double($0) + 0.5 - 30, (Double($1) + 0.5) * 2 - 30, (Double($2) + 0.5) * 4 - 30]
            return offset.map { $0 * $0 }.reduce(0, +) < 400 ? 1000 : -1000
        }
        for plane in AnatomicalPlane.allCases {
            let slice = try volume.slice(plane, at: volume.grid.middle.slice(in: plane))
            let picture = try Picture(slice, window: Window(center: 0, width: 100), millimetresPerPixel: 0.5)
            #expect(picture.width == 120 && picture.height == 120)
            let ball = try #require(bounds(of: picture) { $0.red > 127 })
            #expect(abs(ball.x.count - 80) <= 8 && abs(ball.y.count - 80) <= 8, "\(plane): \(ball)")
        }
    }

    @Test func enlargingIsLinearAndShrinkingKeepsTheMean() throws {
        // A ramp of 10 HU a voxel stays a ramp of 2.5 HU a pixel, voxel centres staying where they are.
        let ramp: CTVolume = try makeVolume(GridSize(i: 12, j: 2, k: 1)) { i, _, _ in Int16(i * 10) }
        let window = try Window(center: 64, width: 256)
        var picture = try Picture(try ramp.slice(.axial, at: 0), window: window, millimetresPerPixel: 0.25)
        #expect(picture.width == 48)
        let greys = (8..<40).map { Double(picture[$0, 3].red) }
        for (x, pair) in zip(greys, greys.dropFirst()).enumerated() {
            #expect(abs(pair.1 - pair.0 - 2.5) <= 1, "step \(x)")
        }
        let expected = Double(window.gray(10 * (20.5 * 0.25 - 0.5)))
        #expect(abs(Double(picture[20, 3].red) - expected) <= 1)
        // Stripes of one voxel become their mean when four share a pixel.
        let stripes: CTVolume = try makeVolume(GridSize(i: 32, j: 32, k: 1)) { i, _, _ in i % 2 == 0 ? 0 : 100 }
        picture = try Picture(try stripes.slice(.axial, at: 0), window: window, millimetresPerPixel: 4)
        #expect(picture.width == 8)
        #expect((1..<7).allSatisfy { abs(Int(picture[$0, 4].red) - Int(window.gray(50))) <= 1 })
    }

    @Test func scalesWithoutAPictureAreRefused() throws {
        let slice = try marked(VoxelIndex(i: 0, j: 0, k: 0)).slice(.axial, at: 0)
        for scale in [0, -1, .nan, 1e-9] {
            #expect { try Picture(slice, window: .lung, millimetresPerPixel: scale) } throws: {
                ($0 as? ImagingError)?.code == .invalidArgument
            }
        }
    }

    @Test func countsThroughAColourMap() throws {
        let slice = try marked(VoxelIndex(i: 3, j: 2, k: 1)).slice(.axial, at: 1)
        let counts = try slice.replacing((0..<35).map { Float($0) })
        let picture = try Picture(counts, map: .hot, range: 0...34, millimetresPerPixel: 1)
        #expect(picture[0, 0] == ColorMap.hot.color(0) && picture[3, 2] == ColorMap.hot.color(17.0 / 34))
        #expect(throws: ImagingError.self) { try slice.replacing([Float](repeating: 0, count: 34)) }
        #expect(throws: ImagingError.self) {
            try Picture(counts, map: .hot, range: 1...1, millimetresPerPixel: 1)
        }
    }

    @Test func placesInThePatientFindTheirVoxel() throws {
        let affine = Affine(
            i: [-0.7, 0.1, 0], j: [0.1, -0.8, 0.3], k: [0, 0.4, 2], origin: [30, -20, 400])
        let grid = try Grid(size: size, affine: affine)
        let world = affine.world(of: GridPoint(i: 5.3, j: 2.8, k: 1.4))
        #expect(grid.voxel(at: world) == VoxelIndex(i: 5, j: 3, k: 1))
        #expect(grid.voxel(at: affine.world(of: GridPoint(i: -0.6, j: 0, k: 0))) == nil)
        #expect(grid.voxel(at: affine.world(of: GridPoint(i: 0, j: 0, k: 3.6))) == nil)
        #expect(grid.voxel(at: WorldPoint(x: .nan, y: 0, z: 0)) == nil)
    }

    @Test func thePointOfInterestLiesInTheLargestArea() throws {
        let labels: LabelVolume = try makeVolume(GridSize(i: 12, j: 9, k: 6)) { i, j, k in
            (k == 4 && j == 3 && (2...8).contains(i)) || (k == 4 && j == 2 && i == 2)
                || (k > 1 && j == 3 && i == 6) || (k == 1 && j == 1 && i < 5) ? 2 : 0
        }
        #expect(labels.pointOfInterest() == VoxelIndex(i: 6, j: 3, k: 4))
        #expect(try (makeVolume(size) { _, _, _ in 0 } as LabelVolume).pointOfInterest() == nil)
    }
}
