import Imaging

extension SeverityScores {
    /// `severity.json`, as `severity.schema.json` beside this room's sources describes it: UTF-8, a line end at the end.
    ///
    /// A score is `{"value": 31.2, "unit": "%"}`, or where it does not apply
    /// `{"value": null, "unit": "%", "reason": "noLung", "message": "…"}`. The same scores give the same bytes.
    public var json: String { document.text() + "\n" }

    private var document: JSONValue {
        .object([
            "researchUse": .string(Self.researchUse),
            "version": .integer(1),
            "triage_level": score(triageLevel, unit: "level") { .string($0.rawValue) },
            "PO": percent(percentageOfOpacity),
            "PHO": percent(percentageOfHighOpacity),
            "zoneScore": points(zoneScore),
            "reliability": .string(gravestRemark?.rawValue ?? "noRemarks"),
            "remarks": .array(remarks.map(json)),
            "lungs": .object(["right": json(lungs[0]), "left": json(lungs[1])]),
            "zones": .array(zones.map(json)),
            "tissues": .object([
                "lung": json(tissues.lung), "opacity": json(tissues.opacity),
                "groundGlass": json(tissues.groundGlass), "consolidation": json(tissues.consolidation),
                "pleuralEffusion": json(tissues.pleuralEffusion),
            ]),
            "slices": json(slices),
            "agreement": .object([
                "dice": real(agreement.dice, unit: "1"),
                "POByBinary": percent(agreement.percentageOfOpacityByBinary),
            ]),
            "outsideLungMap": .object([
                "countedAsLung": volume(addedToLungs), "notCounted": volume(apartFromLungs),
            ]),
            "definitions": definitions,
        ])
    }

    // MARK: - Parts

    private func json(_ remark: QualityRemark) -> JSONValue {
        .object([
            "code": .string(remark.code), "weight": .string(remark.weight.rawValue),
            "message": .string(remark.sentence), "consequence": .string(remark.consequence),
        ])
    }

    private func json(_ lung: LungScores) -> JSONValue {
        .object([
            "PO": percent(lung.percentageOfOpacity), "PHO": percent(lung.percentageOfHighOpacity),
            "zoneScore": points(lung.zoneScore), "lungVolume": volume(lung.lungVolume),
            "opacityVolume": volume(lung.opacityVolume),
        ])
    }

    private func json(_ zone: ZoneScores) -> JSONValue {
        .object([
            "lung": .string(zone.side == .right ? "right" : "left"), "zone": .string(zone.third.rawValue),
            "PO": percent(zone.percentageOfOpacity), "score": points(zone.score), "lungVolume": volume(zone.lungVolume),
        ])
    }

    private func json(_ tissue: TissueScore) -> JSONValue {
        .object(["volume": volume(tissue.volume), "mean": real(tissue.mean, unit: "HU")])
    }

    /// Single slices are listed where there are no volumes to speak of.
    private func json(_ summary: SliceSummary) -> JSONValue {
        let isListed = percentageOfOpacity.reason == .singleSlice || percentageOfOpacity.reason == .unrelatedSlices
        return .object([
            "count": .integer(summary.all.count), "withLung": .integer(summary.withLung),
            "affected": .integer(summary.affected), "affectedShare": percent(summary.percentageAffected),
            "each": .array(isListed ? summary.all.map(json) : []),
        ])
    }

    private func json(_ slice: SliceScores) -> JSONValue {
        .object([
            "slice": .integer(slice.index + 1), "lungArea": real(slice.lungArea, unit: "mm²"),
            "opacity": percent(slice.percentageOfOpacity), "highOpacity": percent(slice.percentageOfHighOpacity),
            "groundGlass": percent(slice.percentageOfGroundGlass),
            "consolidation": percent(slice.percentageOfConsolidation),
        ])
    }

    private var definitions: JSONValue {
        .object([
            "PO": .string("100 · volume of opacity / volume of lung"),
            "PHO": .string("100 · volume of opacity of -200 HU and more / volume of lung"),
            "opacity": .string("ground glass and consolidation of the multi-class map, else the binary map"),
            "lung": .string("the lung map with the opacities that hang together with it"),
            "zones": .string(
                "each lung in thirds of its extent from feet to head without the outermost 0.2 % of its volume at either end; "
                    + "they approximate the landmarks carina and inferior pulmonary veins"
            ),
            "zoneBins": .string("0 none, 1 below 25 %, 2 below 50 %, 3 below 75 %, 4 from 75 %; sum 0 to 24"),
            "triageCutOffs": .object([
                "noneBelow": .number(cutOffs.floor), "moderateFrom": .number(cutOffs.moderate),
                "severeFrom": .number(cutOffs.severe), "criticalFrom": .number(cutOffs.critical),
                "unit": .string("% PO"),
            ]),
        ])
    }

    // MARK: - Scores

    private func score<Value>(_ score: Score<Value>, unit: String, _ value: (Value) -> JSONValue) -> JSONValue {
        switch score {
        case .value(let found): .object(["value": value(found), "unit": .string(unit)])
        case .notApplicable(let reason):
            .object([
                "value": .null, "unit": .string(unit), "reason": .string(reason.rawValue),
                "message": .string(reason.sentence),
            ])
        }
    }

    private func real(_ value: Score<Double>, unit: String) -> JSONValue { score(value, unit: unit) { .number($0) } }
    private func percent(_ value: Score<Double>) -> JSONValue { real(value, unit: "%") }
    private func volume(_ value: Score<Double>) -> JSONValue { real(value, unit: "ml") }
    private func points(_ value: Score<Int>) -> JSONValue { score(value, unit: "points") { .integer($0) } }
}
