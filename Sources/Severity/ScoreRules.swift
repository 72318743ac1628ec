import Imaging

/// From counted voxels to scores, and when a score does not apply.
struct ScoreRules {
    let facts: ScanFacts
    let grid: Grid
    let lesions: LesionMaps

    private var volumeGap: NotApplicable? { facts.volumeGap(grid) }

    func volume(_ voxels: Int) -> Score<Double> {
        Score(unless: volumeGap, facts.spacingGap) { Double(voxels) * grid.voxelVolume }
    }

    func percentageOfOpacity(_ region: RegionCount) -> Score<Double> {
        Score(unless: volumeGap, region.isEmpty ? .noLung : nil) { 100 * region.share }
    }

    func percentageOfHighOpacity(_ region: RegionCount) -> Score<Double> {
        Score(unless: volumeGap, facts.hounsfieldGap, region.isEmpty ? .noLung : nil) { 100 * region.highShare }
    }

    func zones(_ counts: Counts, _ side: LungSide) -> [ZoneScores] {
        zip([.lower, .middle, .upper], counts.thirds(side)).reversed().map { third, region in
            ZoneScores(
                side: side, third: third, percentageOfOpacity: percentageOfOpacity(region),
                score: Score(unless: volumeGap, region.isEmpty ? .noLung : nil) { region.zoneScore },
                lungVolume: volume(region.lung))
        }
    }

    func lung(_ counts: Counts, _ side: LungSide) -> LungScores {
        let region = counts.region(side)
        return LungScores(
            side: side, percentageOfOpacity: percentageOfOpacity(region),
            percentageOfHighOpacity: percentageOfHighOpacity(region),
            zoneScore: Self.sum(zones(counts, side).map(\.score)), lungVolume: volume(region.lung),
            opacityVolume: volume(region.opacity))
    }

    func tissues(_ counts: Counts) -> TissueScores {
        TissueScores(
            lung: tissue(counts.lung), opacity: tissue(counts.opacity), groundGlass: kind(counts.groundGlass),
            consolidation: kind(counts.consolidation), pleuralEffusion: kind(counts.effusion))
    }

    private func tissue(_ count: TissueCount, gap: NotApplicable? = nil) -> TissueScore {
        // Unrelated slices are of several patients, whose mean means nothing; one slice has a mean.
        let unrelated = volumeGap == .unrelatedSlices ? volumeGap : nil
        return TissueScore(
            volume: Score(unless: gap, volumeGap, facts.spacingGap) { Double(count.voxels) * grid.voxelVolume },
            mean: Score(unless: gap, unrelated, facts.hounsfieldGap, count.voxels == 0 ? .nothingFound : nil) {
                Double(count.sum) / Double(count.voxels)
            })
    }

    private func kind(_ count: TissueCount) -> TissueScore {
        tissue(count, gap: lesions.multiclass == nil ? .noMulticlassMap : nil)
    }

    func slices(_ counts: Counts) -> SliceSummary {
        let withLung = counts.slices.count { !$0.region.isEmpty }
        let affected = counts.slices.count { $0.region.opacity > 0 }
        return SliceSummary(
            all: counts.slices.enumerated().map(slice), withLung: withLung, affected: affected,
            percentageAffected: Score(unless: withLung == 0 ? .noLung : nil) {
                100 * Double(affected) / Double(withLung)
            })
    }

    private func slice(_ index: Int, _ count: SliceCount) -> SliceScores {
        let noLung: NotApplicable? = count.region.isEmpty ? .noLung : nil
        let noKinds: NotApplicable? = lesions.multiclass == nil ? .noMulticlassMap : nil
        func percentage(_ voxels: Int) -> Double { 100 * Double(voxels) / Double(count.region.lung) }
        return SliceScores(
            index: index,
            lungArea: Score(unless: facts.spacingGap) { Double(count.region.lung) * grid.pixelArea },
            percentageOfOpacity: Score(unless: noLung) { 100 * count.region.share },
            percentageOfHighOpacity: Score(unless: facts.hounsfieldGap, noLung) { 100 * count.region.highShare },
            percentageOfGroundGlass: Score(unless: noKinds, noLung) { percentage(count.groundGlass) },
            percentageOfConsolidation: Score(unless: noKinds, noLung) { percentage(count.consolidation) },
            lungVoxels: count.region.lung, opacityVoxels: count.region.opacity, effusionVoxels: count.effusion)
    }

    func agreement(
        _ counts: Counts, _ whole: RegionCount, _ percentage: Score<Double>
    ) -> AgreementScores {
        let (hasBoth, sum) = (lesions.binary != nil && lesions.multiclass != nil, counts.binary + counts.multiclass)
        let gap: NotApplicable? = hasBoth ? nil : .oneLesionMap
        return AgreementScores(
            dice: Score(unless: gap, sum == 0 ? .nothingFound : nil) { 2 * Double(counts.inBoth) / Double(sum) },
            percentageOfOpacityByBinary: Score(unless: gap, percentage.reason) {
                100 * Double(counts.binaryInLungs) / Double(whole.lung)
            })
    }

    /// One part that does not apply leaves no sum.
    static func sum(_ parts: [Score<Int>]) -> Score<Int> {
        parts.reduce(.value(0)) { sum, part in
            switch (sum, part) {
            case (.value(let a), .value(let b)): .value(a + b)
            case (.notApplicable(let reason), _), (.value, .notApplicable(let reason)): .notApplicable(reason)
            }
        }
    }
}
