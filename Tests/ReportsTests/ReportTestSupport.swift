import Imaging
import Reports
import Severity
import Testing

/// A patient with what the models would have found, small enough to be drawn in a moment.
struct SmallStudy {
    let ct: CTVolume
    let lungs: LabelVolume
    let lesions: LesionMaps
    let scores: SeverityScores

    init(
        _ findings: [PhantomFinding] = PhantomFinding.moderate, slices: Int = 50, facts: ScanFacts = ScanFacts(),
        hasBinary: Bool = true, remarks: [QualityRemark] = []
    ) throws {
        let phantom = try ChestPhantom(seed: 2, findings: findings)
        let rendering = try phantom.render(on: try ChestPhantom.grid(size: GridSize(i: 96, j: 96, k: slices)))
        ct = rendering.ct.lps()
        lungs = rendering.lungs.lps()
        let map = rendering.lesions.lps()
        let binary = try LabelVolume(grid: map.grid, voxels: map.voxels.map { $0 == 1 || $0 == 2 ? 1 : 0 })
        lesions = hasBinary ? .both(binary: binary, multiclass: map) : .multiclass(map)
        scores = try SeverityScores(ct: ct, lungs: lungs, lesions: lesions, facts: facts, remarks: remarks)
    }

    /// Boxes of 60×40 voxels as lungs in slices of 100×60, opacity where told.
    init(slices: Int, spacing: Double = 2, facts: ScanFacts = ScanFacts(), opacity: (Int, Int, Int) -> UInt8) throws {
        let size = GridSize(i: 100, j: 60, k: slices)
        let grid = try Grid(
            size: size, affine: Affine(order: .lps, spacing: Spacing(i: 3, j: 3, k: spacing)))
        var (values, fields, map): ([Int16], [UInt8], [UInt8]) = ([], [], [])
        for k in 0..<slices {
            for j in 0..<60 {
                for i in 0..<100 {
                    let lung: UInt8 = j < 10 || j >= 50 ? 0 : (10..<45).contains(i) ? 1 : (55..<90).contains(i) ? 2 : 0
                    fields.append(lung)
                    map.append(opacity(i, j, k))
                    values.append(lung == 0 ? 40 : -850)
                }
            }
        }
        ct = try CTVolume(grid: grid, voxels: values)
        lungs = try LabelVolume(grid: grid, voxels: fields)
        lesions = .multiclass(try LabelVolume(grid: grid, voxels: map))
        scores = try SeverityScores(ct: ct, lungs: lungs, lesions: lesions, facts: facts)
    }

    var montage: StudyMontage { StudyMontage(ct: ct, lungs: lungs, lesions: lesions, scores: scores) }

    func page(
        name: String = "study", provenance: [StudyReport.ProvenanceRow] = [], command: String? = nil
    ) throws -> String {
        StudyReport(
            study: name, scores: scores, montage: try montage.figure(), lungs: lungs, provenance: provenance,
            command: command
        ).html()
    }
}

/// What someone might call a file to break a page.
let hostileTexts = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "&amp;<!--", "]]>",
    "</style></title></svg>", "\u{202E}gpj.exe\u{0}\u{8}", "javascript:alert(1)", "Müller, 李 🫁",
]
