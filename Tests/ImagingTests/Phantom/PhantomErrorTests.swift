import Imaging
import Testing

@Suite struct PhantomErrorTests {
    private func code(_ work: () throws -> Void) -> ImagingError.Code? {
        do {
            try work()
            return nil
        } catch {
            return (error as? ImagingError)?.code
        }
    }

    @Test(arguments: [
        PhantomFinding(.groundGlass, volume: 8000, location: .left), PhantomFinding(.consolidation, volume: 1e12),
        PhantomFinding(.pleuralEffusion, volume: 4000), PhantomFinding(.groundGlass, volume: 0),
        PhantomFinding(.groundGlass, volume: -10), PhantomFinding(.consolidation, volume: .nan),
        PhantomFinding(.pleuralEffusion, volume: .infinity),
    ])
    func findingsWithoutRoomOrSizeAreRefused(finding: PhantomFinding) {
        #expect(code { _ = try ChestPhantom(findings: [finding]) } == .invalidArgument)
    }

    @Test func findingsThatFitAloneButNotTogetherAreRefused() throws {
        let large = PhantomFinding(.consolidation, volume: 1500, location: .left)
        #expect(code { _ = try ChestPhantom(findings: [large]) } == nil)
        #expect(code { _ = try ChestPhantom(findings: [large, large]) } == .invalidArgument)
    }

    @Test(arguments: [-1.0, .nan, .infinity, 5000]) func absurdNoiseIsRefused(noise: Double) {
        #expect(code { _ = try ChestPhantom(noise: noise) } == .invalidArgument)
    }

    @Test func emptyGridsAndSpacingsAreRefused() {
        for size in [GridSize(i: 0, j: 8, k: 8), GridSize(i: 8, j: -1, k: 8), GridSize(i: 8, j: 8, k: 0)] {
            #expect(code { _ = try ChestPhantom.grid(size: size) } == .invalidArgument)
        }
        let size = GridSize(i: 8, j: 8, k: 8)
        for spacing in [Spacing(i: 0, j: 1, k: 1), Spacing(i: 1, j: .nan, k: 1), Spacing(i: 1, j: 1, k: -2)] {
            #expect(code { _ = try ChestPhantom.grid(size: size, spacing: spacing) } == .invalidArgument)
        }
    }
}
