import Imaging
import Severity

/// A CT that was read, in the order LPS, with what is known about it before any model has seen it.
struct StudyInput: Sendable {
    let identity: FileIdentity
    let header: NIfTIHeader
    let ct: CTVolume
    let arrangement: SliceArrangement
    let facts: ScanFacts
    let quality: ImageQuality
    /// HU; nil where it cannot be told.
    let noise: Double?

    /// Reads and looks at a file. Throws `badInput`.
    init(_ study: Study, options: AnalysisOptions) throws(AnalysisError) {
        identity = try FileIdentity(study)
        do {
            let limits = ReadLimits(
                maximumVoxelBytes: options.maximumVoxelBytes, maximumFileBytes: ReadLimits.standard.maximumFileBytes)
            let image = try NIfTIFile.read(study.source, limits: limits, nonFinite: .replace(with: -1024))
            header = image.header
            ct = image.lps()
            quality = ImageQuality(image, ct: ct)
        } catch {
            throw AnalysisError(reading: error)
        }
        switch options.slices {
        case .volume: arrangement = .volume
        case .unrelated: arrangement = .unrelated
        case .automatic: arrangement = SliceRelation(ct).isVolume ? .volume : .unrelated
        }
        facts = ScanFacts(quality, slices: arrangement)
        noise = ct.noise
    }
}
