import Digests
import Foundation
import ModelHost
import PluginTestSupport
import Testing

@Suite struct FileDigestTests {
    /// FIPS 180-4's examples, and a file of more than one block of reading: `head -c 3000000 /dev/zero | sha256sum`.
    @Test(arguments: [
        (Data(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Data("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (Data(count: 3_000_000), "35bce4eae54ec8e6cc2868baa8d157914d6ae2858811b4cc0c078c94460fa26f"),
    ]) func digestsAreThoseOfTheStandard(_ content: Data, _ digest: String) throws {
        let folder = try PluginFolder()
        let file = folder.url.appending(path: "file")
        try content.write(to: file)
        #expect(try FileDigest.sha256(ofFile: file.path) == digest)
    }
}
