import Imaging

/// What the maps themselves say against the scores made from them.
struct MapRemarks {
    let counts: Counts
    let grid: Grid
    let rules: ScoreRules
    let agreement: AgreementScores

    /// Of the opacity, the share outside the lung map from which it is remarked.
    private static let remarkableShare = 0.1
    /// And the share of the lungs that it must have.
    private static let leastOfLung = 0.002
    /// ml: both lungs of an adult hold more at every depth of breath.
    private static let smallestLungs = 1000.0
    /// How much smaller one lung may be than the other; healthy lungs differ by about a tenth.
    private static let smallestRatio = 0.4
    /// Two radiologists agree with a Dice of 0.70 ± 0.10 (Bartoli et al. 2022): two standard deviations below.
    private static let lowAgreement = 0.5
    private static let noAgreement = 0.25

    var all: [QualityRemark] { lungs + opacities + models }

    private var isVolume: Bool { rules.facts.volumeGap(grid) == nil }

    private var lungs: [QualityRemark] {
        guard counts.lung.voxels > 0 else {
            return [QualityRemark("noLung", .doubtful, "No lung was found.", consequence: "There are no scores.")]
        }
        guard isVolume else { return [] }
        let volumes = [LungSide.right, .left].map { counts.region($0).lung }
        var remarks: [QualityRemark] = []
        for (side, voxels) in zip(["right", "left"], volumes) where voxels == 0 {
            remarks.append(
                QualityRemark(
                    "lungMissing", .doubtful, "No \(side) lung was found.",
                    consequence: "It has no scores, there is no zone score, and PO is about the other lung alone."))
        }
        if let small = volumes.min(), let large = volumes.max(), small > 0,
            Double(small) < Self.smallestRatio * Double(large)
        {
            let percent = Int((100 * Double(small) / Double(large)).rounded())
            remarks.append(
                QualityRemark(
                    "lungsUnequal", .warning, "One lung has \(percent) % of the other's volume.",
                    consequence:
                        "A part of it may not have been recognised as lung; PO is too low if that part is diseased."))
        }
        if let volume = rules.volume(counts.lung.voxels).value, volume < Self.smallestLungs {
            remarks.append(
                QualityRemark(
                    "smallLungs", .warning, "The lungs have \(Int(volume.rounded())) ml, less than an adult's.",
                    consequence: "Parts of them may lie outside the scan or not have been recognised."))
        }
        return remarks
    }

    private var opacities: [QualityRemark] {
        var remarks: [QualityRemark] = []
        func percent(_ voxels: Int) -> Int { Int((100 * Double(voxels) / Double(max(all, 1))).rounded()) }
        // Specks are always somewhere.
        func isRemarkable(_ voxels: Int) -> Bool {
            Double(voxels) > Self.remarkableShare * Double(all)
                && Double(voxels) > Self.leastOfLung * Double(counts.lung.voxels)
        }
        let all = counts.opacity.voxels + counts.apartFromLungs
        if isRemarkable(counts.addedToLungs) {
            remarks.append(
                QualityRemark(
                    "opacityBeyondLungMap", .warning,
                    "\(percent(counts.addedToLungs)) % of the opacity lies beside the lung map and was counted as lung.",
                    consequence: "Right for a consolidation that the lung map misses, too much for a wrong opacity."))
        }
        if isRemarkable(counts.apartFromLungs) {
            remarks.append(
                QualityRemark(
                    "opacityApartFromLungs", .warning,
                    "\(percent(counts.apartFromLungs)) % of the opacity lies apart from the lungs and was not counted.",
                    consequence: "PO is too low if there is lung that was not recognised."))
        }
        return remarks
    }

    private var models: [QualityRemark] {
        guard let dice = agreement.dice.value, dice < Self.lowAgreement else { return [] }
        // Two specks that miss each other are no disagreement worth a warning.
        let most = Double(max(counts.binary, counts.multiclass))
        guard most >= 0.01 * Double(max(counts.lung.voxels, 1)) else { return [] }
        let percent = (100 * dice).rounded() / 100
        return [
            QualityRemark(
                "modelsDisagree", dice < Self.noAgreement ? .doubtful : .warning,
                "The two lesion models agree little on where the opacity is (Dice \(percent)).",
                consequence: "At least one of them is wrong; compare both label maps with the slices.")
        ]
    }
}
