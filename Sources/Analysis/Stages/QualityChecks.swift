import Imaging
import ModelHost
import Severity

/// What a study's image, lungs and the models' limits say against its scores.
struct QualityChecks {
    /// HU; thick standard reconstructions have 10 to 20, thin sharp ones 30 to 60.
    private static let highNoise = 80.0
    /// ml in both lungs: below is no chest, or next to nothing of one.
    private static let leastLung = 200.0
    /// Of the largest slice's lung area, the share in the first or last slice from which the lungs go on beyond it.
    private static let cutOffShare = 0.2
    private static let fewSlices = 10

    static func remarks(
        _ input: StudyInput, lungs: LungStage, plugins: [Plugin]
    ) -> [QualityRemark] {
        QualityRemark.remarks(on: input.quality, slices: input.arrangement) + image(input) + anatomy(input, lungs.sides)
            + lungs.remarks
            + domains(input, plugins)
    }

    private static func image(_ input: StudyInput) -> [QualityRemark] {
        var remarks: [QualityRemark] = []
        let slices = input.ct.grid.size.k
        if input.arrangement == .volume, 2..<fewSlices ~= slices {
            remarks.append(
                QualityRemark(
                    "fewSlices", .warning, "There are \(slices) slices.",
                    consequence: "Volumes and zones are rough estimates."))
        }
        if let noise = input.noise, noise > highNoise {
            remarks.append(
                QualityRemark(
                    "noisy", .warning, "The image is very noisy (standard deviation \(Int(noise.rounded())) HU).",
                    consequence: "Noise can look like faint ground glass, and hide it."))
        }
        return remarks
    }

    private static func anatomy(_ input: StudyInput, _ lungs: LabelVolume) -> [QualityRemark] {
        guard input.arrangement == .volume, lungs.grid.size.k > 1 else { return [] }
        let areas = LabelCounts(lungs.mask(where: 1...2)).areas(of: 1)
        let volume = areas.reduce(0, +) * lungs.grid.spacing.k / 1000
        guard volume >= leastLung else {
            return [
                QualityRemark(
                    "notAChest", .doubtful, "There are \(Int(volume.rounded())) ml of lung: this may not be a chest CT."
                )
            ]
        }
        guard let largest = areas.max(), let first = areas.first, let last = areas.last else { return [] }
        let ends = [("feet", first), ("head", last)].filter { $0.1 > cutOffShare * largest }.map(\.0)
        guard !ends.isEmpty else { return [] }
        return [
            QualityRemark(
                "lungsCutOff", .warning,
                "The scan ends within the lungs, towards the \(ends.joined(separator: " and the ")).",
                consequence: "Scores and zones are about the part that was scanned.")
        ]
    }

    private static func domains(_ input: StudyInput, _ plugins: [Plugin]) -> [QualityRemark] {
        let spacing = input.ct.grid.spacing
        func outside(_ value: Double, _ low: Double?, _ high: Double?) -> Bool {
            value < (low ?? 0) || value > (high ?? .infinity)
        }
        func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
        let isVolume = input.arrangement == .volume && input.ct.grid.size.k > 1
        return plugins.compactMap { plugin in
            let domain = plugin.descriptor.domain
            let wrongSlices =
                isVolume && outside(spacing.k, domain.smallestSliceSpacing, domain.largestSliceSpacing)
            let wrongPixels = [spacing.i, spacing.j].contains {
                outside($0, domain.smallestPixelSpacing, domain.largestPixelSpacing)
            }
            guard wrongSlices || wrongPixels else { return nil }
            return QualityRemark(
                "outsideDomain", .warning,
                """
                \(plugin.descriptor.name) was not made for voxels of \(tenths(spacing.i))×\(tenths(spacing.j))×\
                \(tenths(spacing.k)) mm.
                """)
        }
    }
}
