import Foundation
import Testing

/// One case of `Tests/Golden/imaging/nifti_cases.json`, made by nibabel.
struct NIfTIGoldenCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Reordered: Decodable, Sendable {
        let shape: [Int]
        let affine: [Double]
        let hu: [Int16]
    }

    let name: String
    /// The file's bytes.
    let file: Data
    /// The error's code, where the file must be refused.
    let error: String?
    let form: String?
    let shape: [Int]?
    /// Three rows of four, mm.
    let affine: [Double]?
    let order: String?
    let values: [Double]?
    let hu: [Int16]?
    let lps: Reordered?
    let formsDifferBy: Double?
    let pixdimDiffersBy: Double?

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Golden/imaging")
        .standardizedFileURL

    private struct Document: Decodable { let cases: [NIfTIGoldenCase] }

    /// All cases; empty, which a test notices, when the file cannot be read.
    static let all: [NIfTIGoldenCase] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "nifti_cases.json")) else { return [] }
        return (try? JSONDecoder().decode(Document.self, from: data).cases) ?? []
    }()

    static let readable = all.filter { $0.error == nil }
    static let refused = all.filter { $0.error != nil }
}
