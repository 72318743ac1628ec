import Imaging
import ModelHost

extension StudyAnalyzer {
    /// Bytes per voxel while a study is worked on: the volume in HU, a few label maps, and what finding components takes.
    private static let bytesPerVoxel: UInt64 = 14

    /// What a study is likely to need beyond what the program holds already, from a look at its header: the volume's share and
    /// what the hungriest plugin asks for. Throws `badInput`.
    public func memoryEstimate(of study: Study) throws(AnalysisError) -> UInt64 {
        let size: GridSize
        do {
            size = try NIfTIFile.readHeader(study.source).grid.size
        } catch {
            throw AnalysisError(reading: error)
        }
        let plugins = self.plugins.sessions.map { session in
            session.plugin.memoryEstimate(columns: size.i, rows: size.j, slices: size.k, on: session.device)
        }
        let (volume, overflow) = UInt64(size.voxels).multipliedReportingOverflow(by: Self.bytesPerVoxel)
        let (total, carry) = volume.addingReportingOverflow(plugins.max() ?? 0)
        return overflow || carry ? .max : total
    }
}
