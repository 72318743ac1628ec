import Imaging
import Testing

@Suite struct VoxelOrderTests {
    @Test func thereAre48Orders() {
        #expect(Set(VoxelOrder.allCases).count == 48)
        #expect(VoxelOrder("LPS") == .lps)
        #expect(VoxelOrder("LRS") == nil)
    }

    @Test(arguments: VoxelOrder.allCases)
    func isReadBackFromTheAffine(order: VoxelOrder) {
        let affine = Affine(order: order, spacing: Spacing(i: 0.7, j: 0.8, k: 2))
        #expect(VoxelOrder(nearestTo: affine) == order)
        #expect(VoxelOrder(order.description) == order)
    }
}
