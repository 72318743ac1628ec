import Digests
import Foundation
import Platform

/// Which file was analysed, taken before it is read.
public struct FileIdentity: Hashable, Sendable {
    /// 64 hexadecimal digits.
    public let sha256: String
    public let bytes: Int

    /// Throws `badInput` when the file cannot be read.
    init(_ study: Study) throws(AnalysisError) {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: study.path)
            bytes = attributes[.size] as? Int ?? 0
            sha256 = try FileDigest.sha256(ofFile: study.path)
        } catch {
            throw AnalysisError(
                .badInput, subject: study.name, message: "The file cannot be read.",
                cause: (error as? SystemCallError)?.cause ?? error.localizedDescription)
        }
    }
}
