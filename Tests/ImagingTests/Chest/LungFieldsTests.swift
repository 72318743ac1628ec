import Imaging
import Testing

/// A chest of simple shapes: 60×60×20 voxels of 2 mm, lung of −850 HU in columns and rows 5 to 54, tissue around it, and the
/// liver's dome, a ball of 24 mm around the middle of slice 0, which the model took for lung.
@Suite struct LungFieldsTests {
    let grid: Grid
    var ct: CTVolume
    let model: LabelVolume

    init() throws {
        grid = try Grid(
            size: GridSize(i: 60, j: 60, k: 20), affine: Affine(order: .lps, spacing: Spacing(i: 2, j: 2, k: 2)))
        ct = try CTVolume(grid: grid, voxels: [Int16](repeating: 40, count: grid.size.voxels))
        var model = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        for k in 0..<20 {
            for j in 5..<55 {
                for i in 5..<55 {
                    let isLiver = Self.isBall(i, j, k, around: (30, 30, 0), radius: 12)
                    if !isLiver { ct[i, j, k] = -850 }
                    // Below slice 4 the model knows better.
                    if !isLiver || k >= 4 { model[i, j, k] = 1 }
                }
            }
        }
        self.model = model
    }

    private static func isBall(_ i: Int, _ j: Int, _ k: Int, around c: (Int, Int, Int), radius: Int) -> Bool {
        (i - c.0) * (i - c.0) + (j - c.1) * (j - c.1) + (k - c.2) * (k - c.2) <= radius * radius
    }

    private func fill(_ ct: inout CTVolume, around center: (Int, Int, Int), radius: Int, hu: Int16) {
        for k in 0..<20 {
            for j in 0..<60 {
                for i in 0..<60 where Self.isBall(i, j, k, around: center, radius: radius) { ct[i, j, k] = hu }
            }
        }
    }

    @Test func theDomeOfTheLiverIsNoLung() throws {
        // Slice 0 has no slice below it, so the dome begins at the slices where it touches the wall.
        var ct = ct
        for j in 28..<33 { for i in 0..<30 { for k in 0..<3 { ct[i, j, k] = 40 } } }
        var model = model
        for j in 28..<33 { for i in 5..<30 { for k in 0..<3 { model[i, j, k] = 0 } } }
        let fields = try LungFields(cleaning: model, of: ct)
        #expect((4..<11).allSatisfy { fields.domes[30, 30, $0] == 1 && fields.lungs[30, 30, $0] == 0 })
        #expect(fields.lungs[10, 10, 8] == 1 && fields.domes[10, 10, 8] == 0)
        #expect(fields.lungs[30, 30, 17] == 1)
    }

    @Test func consolidationsStayLung() throws {
        var ct = ct
        // Free in the lung, and at the chest wall; neither lies on the diaphragm.
        fill(&ct, around: (45, 15, 10), radius: 5, hu: 20)
        fill(&ct, around: (8, 45, 12), radius: 6, hu: 20)
        let fields = try LungFields(cleaning: model, of: ct)
        #expect(fields.lungs[45, 15, 10] == 1 && fields.lungs[8, 45, 12] == 1)
        #expect(fields.domes[45, 15, 10] == 0 && fields.domes[8, 45, 12] == 0)
    }

    @Test func theTracheaIsNoLung() throws {
        var (ct, model) = (ct, model)
        for k in 15..<20 {
            for j in 5..<55 { for i in 5..<55 { (ct[i, j, k], model[i, j, k]) = (40, 0) } }
            for j in 27..<33 { for i in 27..<33 { (ct[i, j, k], model[i, j, k]) = (-980, 1) } }
            for j in 40..<46 { for i in 40..<46 { (ct[i, j, k], model[i, j, k]) = (-850, 1) } }
        }
        let fields = try LungFields(cleaning: model, of: ct)
        #expect(fields.lungs[30, 30, 17] == 0)
        #expect(fields.lungs[43, 43, 17] == 1, "the tip of a lung is as small, but holds blood")
    }

    @Test func slicesOnTheirOwnHaveNoDomes() throws {
        let fields = try LungFields(cleaning: model, of: ct, arrangement: .unrelated)
        #expect(fields.domes.voxels.allSatisfy { $0 == 0 })
    }

    @Test func lesionsInADomeAreNone() throws {
        let domes = try ballMask(around: (30, 30, 6), radius: 5)
        let lesions = try ballMask(around: (30, 30, 6), radius: 5)
        #expect(try LesionCleaning().cleaned(lesions, lungs: model).voxels.contains(1))
        #expect(try !LesionCleaning().cleaned(lesions, lungs: model, domes: domes).voxels.contains(1))
    }

    @Test func anotherGridIsRefused() throws {
        let other = try LabelVolume(
            grid: Grid(size: grid.size, affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 2, k: 2))),
            voxels: model.voxels)
        #expect(throws: ImagingError.self) { try LungFields(cleaning: other, of: ct) }
    }

    private func ballMask(around center: (Int, Int, Int), radius: Int) throws -> LabelVolume {
        var voxels: [UInt8] = []
        for k in 0..<20 {
            for j in 0..<60 {
                for i in 0..<60 { voxels.append(Self.isBall(i, j, k, around: center, radius: radius) ? 1 : 0) }
            }
        }
        return try LabelVolume(grid: grid, voxels: voxels)
    }
}
