import COpenSSL
import Foundation
import Platform

/// SHA-256 (FIPS 180-4) of files.
public enum FileDigest {
    /// 64 hexadecimal digits. Throws `SystemCallError` when the file cannot be read.
    public static func sha256(ofFile path: String) throws -> String {
        try requireUsablePath(path)
        let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw SystemCallError("The file cannot be opened.", code: errno) }
        defer { close(descriptor) }
        return try sha256(ofDescriptor: descriptor)
    }

    /// The same of a file that is open; where it was read up to is neither asked nor changed.
    public static func sha256(ofDescriptor descriptor: Int32) throws -> String {
        guard let context = EVP_MD_CTX_new() else { throw Self.unavailable }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw Self.unavailable }
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
            guard let base = buffer.baseAddress else { return }
            var offset: off_t = 0
            while true {
                let count = retryingInterrupted { pread(descriptor, base, buffer.count, offset) }
                guard count >= 0 else { throw SystemCallError("The file cannot be read.", code: errno) }
                guard count > 0 else { return }
                guard EVP_DigestUpdate(context, base, count) == 1 else { throw Self.unavailable }
                offset += off_t(count)
            }
        }
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else { throw Self.unavailable }
        return hexadecimal(digest)
    }

    /// The same of bytes in memory.
    public static func sha256(of data: Data) throws -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        let computed = data.withUnsafeBytes {
            EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil)
        }
        guard computed == 1 else { throw Self.unavailable }
        return hexadecimal(digest)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static var unavailable: SystemCallError { SystemCallError("SHA-256 cannot be computed.") }
}
