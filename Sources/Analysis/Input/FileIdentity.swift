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
            // Foundation would look up the owner's name too, which a confined process may not.
            var facts = stat()
            let result = study.descriptor.map { fstat($0, &facts) } ?? stat(study.path, &facts)
            guard result == 0 else { throw SystemCallError("The file's size cannot be read.", code: errno) }
            bytes = Int(facts.st_size)
            sha256 =
                try study.descriptor.map { try FileDigest.sha256(ofDescriptor: $0) }
                ?? FileDigest.sha256(ofFile: study.path)
        } catch {
            throw AnalysisError(
                .badInput, subject: study.name, message: "The file cannot be read.",
                cause: (error as? SystemCallError)?.cause ?? error.localizedDescription)
        }
    }
}
