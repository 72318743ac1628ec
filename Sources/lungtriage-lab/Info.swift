import ArgumentParser
import Foundation
import Imaging

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a NIfTI file says: geometry, orientation, values, and what to know before using it.")

    @Argument(help: "NIfTI file, .nii or .nii.gz.") var file: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            let image = try NIfTIFile.read(file, nonFinite: .replace(with: -1024))
            let report = FileReport(image, quality: ImageQuality(image))
            json ? try JSONOutput.print(report) : report.printForPeople()
        }
    }
}

/// Everything that is said of one file.
private struct FileReport: Encodable {
    struct Values: Encodable {
        let smallest, largest: Int16
        let mean: Double
        /// By percent.
        let percentiles: [String: Double]
        let airShare, softTissueShare: Double
    }
    struct Remark: Encodable {
        let code, message: String
    }

    let niftiVersion: Int
    let byteOrder, dataType: String
    let slope, intercept: Double?
    let dimensions: [Int]
    let orientation, geometryFrom, unit: String
    let qformCode, sformCode: Int
    let formsDifferByMillimetres: Double?
    let pixdimDiffersBy: Double
    let spacingMillimetres, sizeMillimetres: [Double]
    let affine: [[Double]]
    let obliquenessDegrees, voxelMillilitres: Double
    let slices: Int
    let sliceSpacingMillimetres: Double
    let values: Values
    let remarks: [Remark]

    init(_ image: NIfTIImage<Int16>, quality: ImageQuality) {
        let (header, grid, geometry) = (image.header, image.header.grid, image.header.geometry)
        let (spacing, a, histogram) = (grid.spacing, grid.affine, quality.histogram)
        niftiVersion = header.version.rawValue
        byteOrder = header.byteOrder == .littleEndian ? "little-endian" : "big-endian"
        dataType = "\(header.dataType)"
        slope = header.scaling?.slope
        intercept = header.scaling?.intercept
        dimensions = header.dimensions
        orientation = "\(grid.order)"
        geometryFrom = geometry.form.rawValue
        unit = geometry.unit.rawValue
        qformCode = geometry.qformCode
        sformCode = geometry.sformCode
        formsDifferByMillimetres = geometry.formsDifferBy
        pixdimDiffersBy = geometry.pixdimDiffersBy
        spacingMillimetres = [spacing.i, spacing.j, spacing.k]
        sizeMillimetres = zip(spacingMillimetres, [grid.size.i, grid.size.j, grid.size.k]).map { $0 * Double($1) }
        affine = (0..<3).map { [a.i[$0], a.j[$0], a.k[$0], a.origin[$0]] }
        obliquenessDegrees = grid.obliqueness
        voxelMillilitres = grid.voxelVolume
        slices = quality.slices
        sliceSpacingMillimetres = quality.sliceSpacing
        func share(_ range: ClosedRange<Int16>) -> Double {
            Double(histogram.count(in: range)) / Double(grid.size.voxels)
        }
        values = Values(
            smallest: histogram.extremes?.lowerBound ?? 0, largest: histogram.extremes?.upperBound ?? 0,
            mean: histogram.mean ?? 0,
            percentiles: Dictionary(
                uniqueKeysWithValues: [1, 5, 25, 50, 75, 95, 99].map {
                    ("\($0)", histogram.percentile(Double($0)) ?? 0)
                }),
            airShare: share(ImageQuality.airRange), softTissueShare: share(ImageQuality.softTissueRange))
        remarks = quality.remarks.map { Remark(code: $0.code, message: "\($0)") }
    }

    func printForPeople() {
        func join(_ values: [Double], _ format: String = "%.3f") -> String {
            values.map { String(format: format, $0) }.joined(separator: " × ")
        }
        let scaling = slope.map { " · \($0) + \(intercept ?? 0)" } ?? ""
        let percentiles = values.percentiles.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
        let differing = formsDifferByMillimetres.map { String(format: ", which differ by %.3f mm", $0) } ?? ""
        var rows = [
            ["format", "NIfTI-\(niftiVersion), \(byteOrder), \(dataType)\(scaling)"],
            ["voxels", dimensions.map(String.init).joined(separator: " × ")],
            ["orientation", "\(orientation), \(String(format: "%.1f", obliquenessDegrees))° from the patient's axes"],
            ["spacing", "\(join(spacingMillimetres)) mm"],
            ["size", "\(join(sizeMillimetres, "%.1f")) mm"],
            ["slices", "\(slices), \(String(format: "%.2f", sliceSpacingMillimetres)) mm apart"],
            ["geometry from", "\(geometryFrom) (sform_code \(sformCode), qform_code \(qformCode)\(differing))"],
            ["unit", unit],
            ["values", "\(values.smallest) to \(values.largest), mean \(String(format: "%.1f", values.mean))"],
            ["percentiles", percentiles.map { "\($0.key) %: \($0.value)" }.joined(separator: "  ")],
            [
                "as a chest in HU",
                String(
                    format: "%.1f %% air and lung, %.1f %% soft tissue", values.airShare * 100,
                    values.softTissueShare * 100),
            ],
        ]
        rows += affine.enumerated().map { row, numbers in
            [row == 0 ? "affine, mm" : "", numbers.map { String(format: "%10.4f", $0) }.joined(separator: " ")]
        }
        for line in TextTable.lines(rows) { print(line) }
        print(remarks.isEmpty ? "\nNothing to remark." : "\nTo know before using it:")
        for remark in remarks { print("- \(remark.message)") }
    }
}
