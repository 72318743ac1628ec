import COpenSSL
import Foundation

/// SHA-256 (FIPS 180-4) of files.
public enum FileDigest {
    /// 64 hexadecimal digits. Throws what reading the file throws.
    public static func sha256(ofFile path: String) throws -> String {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        guard let context = EVP_MD_CTX_new() else { throw CocoaError(.featureUnsupported) }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw CocoaError(.featureUnsupported) }
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
            guard chunk.withUnsafeBytes({ EVP_DigestUpdate(context, $0.baseAddress, $0.count) }) == 1 else {
                throw CocoaError(.fileReadUnknown)
            }
        }
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else { throw CocoaError(.fileReadUnknown) }
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
