/// How far a lung model's fields and the classical method's agree, on voxels of a few mm.
public struct LungCheck: Hashable, Sendable {
    /// ml of either.
    public let model: Double
    public let classical: Double
    /// The share of the classical method's lungs that lies outside the model's: aerated lung that the model misses.
    /// Nil when the classical method finds none.
    public let missedShare: Double?

    /// mm: large enough to be quick, small against a lung.
    private static let cell = 2.5

    /// Throws what `ClassicalLungs.lungs` throws, `gridMismatch` when the grids differ.
    public init(
        _ lungs: LabelVolume, in volume: CTVolume, arrangement: SliceArrangement = .volume,
        method: ClassicalLungs = ClassicalLungs()
    ) throws(ImagingError) {
        guard lungs.grid == volume.grid else {
            throw ImagingError(
                .gridMismatch, subject: "lungs", message: "The lung mask lies on another grid than the volume.")
        }
        let spacing = volume.grid.spacing
        func step(_ spacing: Double) -> Int { max(1, Int((Self.cell / spacing).rounded(.down))) }
        let thinning = (step(spacing.i), step(spacing.j), arrangement == .volume ? step(spacing.k) : 1)
        let (ct, fields) = (try volume.thinned(by: thinning), try lungs.thinned(by: thinning))
        let found = try method.lungs(of: ct, arrangement: arrangement)
        var (inModel, inClassical, missed) = (0, 0, 0)
        for (a, b) in zip(fields.voxels, found.voxels) {
            if a != 0 { inModel += 1 }
            if b != 0 {
                inClassical += 1
                if a == 0 { missed += 1 }
            }
        }
        let milliliters = ct.grid.voxelVolume
        model = Double(inModel) * milliliters
        classical = Double(inClassical) * milliliters
        missedShare = inClassical == 0 ? nil : Double(missed) / Double(inClassical)
    }
}
