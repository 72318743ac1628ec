import Imaging

/// How much of the lungs is diseased, where, and how far that can be believed.
///
/// f = V(opacity) / V(lung) of the region named, where opacity is ground glass and consolidation of the multi-class map, or
/// the binary map where there is no other. The lungs are those of the lung map with the opacities that hang together with
/// them (`LungRegions`), so f is at most 1. Percentages need no spacing: all voxels of a scan are alike.
public struct SeverityScores: Hashable, Sendable {
    /// In every output.
    public static let researchUse = "Research use, not a medical device."

    /// From `percentageOfOpacity` by `cutOffs`.
    public let triageLevel: Score<TriageLevel>
    /// PO, 0…100: of the lungs, opacity (Chaganti et al. 2020).
    public let percentageOfOpacity: Score<Double>
    /// PHO, 0…100: of the lungs, opacity of −200 HU and more (Chaganti et al. 2020).
    public let percentageOfHighOpacity: Score<Double>
    /// 0…24: the sum of the six zones.
    public let zoneScore: Score<Int>
    /// Right, then left.
    public let lungs: [LungScores]
    /// Right upper, middle, lower, then left.
    public let zones: [ZoneScores]
    public let tissues: TissueScores
    public let slices: SliceSummary
    public let agreement: AgreementScores
    /// ml of opacity outside the lung map that was counted as lung.
    public let addedToLungs: Score<Double>
    /// ml of opacity apart from the lungs, which counts for nothing.
    public let apartFromLungs: Score<Double>
    public let cutOffs: TriageCutOffs
    public let facts: ScanFacts
    /// The caller's, then what the maps themselves showed.
    public let remarks: [QualityRemark]

    /// - Parameters:
    ///   - ct: HU, in the order LPS.
    ///   - lungs: 0, 1 right lung, 2 left lung, on the CT's grid.
    ///   - lesions: one or two lesion maps on the CT's grid.
    ///   - remarks: what the caller knows of the scan's quality.
    /// - Throws: `gridMismatch` for a map on another grid, `invalidArgument` for a label that a map cannot have, `tooLarge`
    ///   for lungs that fall into more than Int32.max runs of voxels.
    public init(
        ct: CTVolume, lungs: LabelVolume, lesions: LesionMaps, facts: ScanFacts = ScanFacts(),
        cutOffs: TriageCutOffs = .standard, remarks: [QualityRemark] = []
    ) throws(ImagingError) {
        try InputChecks.check(ct: ct, lungs: lungs, lesions: lesions)
        let regions = try LungRegions(lungs: lungs, opacity: lesions.leading, slices: facts.slices)
        let counts = VoxelPass(ct: ct, lungs: lungs, regions: regions, lesions: lesions).counts()
        let rules = ScoreRules(facts: facts, grid: ct.grid, lesions: lesions)
        let whole = LungSide.allCases.reduce(into: RegionCount()) { $0 += counts.region($1) }
        let percentage = rules.percentageOfOpacity(whole)

        percentageOfOpacity = percentage
        percentageOfHighOpacity = rules.percentageOfHighOpacity(whole)
        triageLevel = percentage.map(cutOffs.level)
        zones = LungSide.allCases.flatMap { rules.zones(counts, $0) }
        zoneScore = ScoreRules.sum(zones.map(\.score))
        self.lungs = LungSide.allCases.map { rules.lung(counts, $0) }
        tissues = rules.tissues(counts)
        slices = rules.slices(counts)
        agreement = rules.agreement(counts, whole, percentage)
        addedToLungs = rules.volume(counts.addedToLungs)
        apartFromLungs = rules.volume(counts.apartFromLungs)
        self.cutOffs = cutOffs
        self.facts = facts
        self.remarks = remarks + MapRemarks(counts: counts, grid: ct.grid, rules: rules, agreement: agreement).all
    }

    /// The gravest remark's weight; nil without remarks.
    public var gravestRemark: QualityRemark.Weight? { remarks.map(\.weight).max() }
}

/// One lung's.
public struct LungScores: Hashable, Sendable {
    public let side: LungSide
    public let percentageOfOpacity: Score<Double>
    public let percentageOfHighOpacity: Score<Double>
    /// 0…12: the sum of its three zones.
    public let zoneScore: Score<Int>
    /// ml.
    public let lungVolume: Score<Double>
    public let opacityVolume: Score<Double>
}

/// A third of a lung's extent from feet to head (`LungThirds`). Radiologists' landmarks, the carina and the inferior pulmonary veins, are
/// approximated by it.
public struct ZoneScores: Hashable, Sendable {
    public enum Third: String, Hashable, Sendable, CaseIterable {
        case upper, middle, lower
    }

    public let side: LungSide
    public let third: Third
    /// 100·f.
    public let percentageOfOpacity: Score<Double>
    /// 0 none, 1 f < 25 %, 2 f < 50 %, 3 f < 75 %, 4 f ≥ 75 %.
    public let score: Score<Int>
    /// ml.
    public let lungVolume: Score<Double>
}

/// What a tissue measures.
public struct TissueScore: Hashable, Sendable {
    /// ml.
    public let volume: Score<Double>
    /// HU.
    public let mean: Score<Double>
}

public struct TissueScores: Hashable, Sendable {
    public let lung: TissueScore
    public let opacity: TissueScore
    public let groundGlass: TissueScore
    public let consolidation: TissueScore
    /// Beside the lungs, no opacity.
    public let pleuralEffusion: TissueScore
}

/// Shares of area in one slice.
public struct SliceScores: Hashable, Sendable {
    /// From 0, nearest to the feet.
    public let index: Int
    /// mm².
    public let lungArea: Score<Double>
    /// Percent of the slice's lung.
    public let percentageOfOpacity: Score<Double>
    public let percentageOfHighOpacity: Score<Double>
    public let percentageOfGroundGlass: Score<Double>
    public let percentageOfConsolidation: Score<Double>
    /// Voxels, for choosing slices: opacity in the lungs, and pleural effusion.
    public let lungVoxels: Int
    public let opacityVoxels: Int
    public let effusionVoxels: Int
}

public struct SliceSummary: Hashable, Sendable {
    /// All slices of the scan, from the feet to the head.
    public let all: [SliceScores]
    /// Those with lung.
    public let withLung: Int
    /// Those with opacity.
    public let affected: Int
    /// Percent of those with lung.
    public let percentageAffected: Score<Double>
}

/// What the two lesion models say of the same scan.
public struct AgreementScores: Hashable, Sendable {
    /// Dice of the binary map and the multi-class map's opacity, 0…1, over all voxels; `nothingFound` where both are empty.
    public let dice: Score<Double>
    /// PO by the binary map, in the same lungs.
    public let percentageOfOpacityByBinary: Score<Double>
}
