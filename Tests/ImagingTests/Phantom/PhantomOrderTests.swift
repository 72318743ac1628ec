import Imaging
import Testing

@Suite struct PhantomOrderTests {
    @Test(arguments: VoxelOrder.allCases)
    func everyOrderHoldsTheSamePatientBitForBit(order: VoxelOrder) throws {
        let phantom = try ChestPhantom(seed: 3)
        let size = GridSize(i: 31, j: 26, k: 19)
        // Spacings without an exact binary value, so that sums in another order would differ in their last bits.
        let spacing = Spacing(i: 11.1, j: 9.3, k: 14.7)
        let direct = try phantom.render(on: try ChestPhantom.grid(size: size, spacing: spacing, tilt: [3, 5, -8]))
        let grid = try ChestPhantom.grid(size: size, spacing: spacing, order: order, tilt: [3, 5, -8])
        let stored = try phantom.render(on: grid)
        #expect(stored.ct.grid.order == order)
        #expect(firstDifference(stored.ct.voxelsInLPS(), direct.ct.voxels) == nil)
        #expect(firstDifference(stored.lungs.voxelsInLPS(), direct.lungs.voxels) == nil)
    }

    @Test(arguments: ["LPS", "RAS", "LAS", "RPI", "SAR", "IPL", "ASL", "PIR"])
    func organsLieOnTheirSidesInThePatient(letters: String) throws {
        let order = try #require(VoxelOrder(letters))
        let phantom = try ChestPhantom(seed: 2, noise: 0)
        let grid = try ChestPhantom.grid(size: GridSize(i: 90, j: 80, k: 60), order: order)
        let rendering = try phantom.render(on: grid)
        func hounsfield(_ x: Double, _ y: Double, _ z: Double) throws -> Int16 {
            try #require(rendering.ct.value(near: [x, y, z]))
        }
        // Liver on the right, under the higher dome; on the left the stomach with its air in front.
        #expect((40...75).contains(try hounsfield(70, 10, -110)))
        #expect(try hounsfield(-62, 50, -120) < -900)
        #expect(try hounsfield(66, 22, -68) > 0)
        #expect(try hounsfield(-90, -30, -60) < -700)
        // The heart fills the left lung's notch; across the midline there is lung.
        #expect(try hounsfield(-62, 40, -50) > 0)
        #expect(try hounsfield(75, 40, -40) < -300)
        #expect(rendering.lungs.value(near: [-62, 40, -50]) == 0)
        #expect(rendering.lungs.value(near: [62, 40, -30]) == 1)
        // The aorta descends on the left of the spine; the vertebrae are behind, the sternum in front.
        #expect((20...60).contains(try hounsfield(-21, -49, 0)))
        #expect(try hounsfield(0, -66, 4) > 100)
        #expect(try hounsfield(0, 91, 12) > 100)
        #expect(rendering.lungs.value(near: [80, -20, 40]) == 1)
        #expect(rendering.lungs.value(near: [-80, -20, 40]) == 2)
        // Feet and head: the trachea is above, the liver below.
        #expect(try hounsfield(1, -8, 100) < -900)
    }
}
