import Foundation
import NeuralNet

/// The folder of the tests' sources, whose data they need: where they were compiled, or where `LUNGTRIAGE_TESTS` says on a
/// machine that only runs them.
public enum TestFolder {
    public static let path: String =
        ProcessInfo.processInfo.environment["LUNGTRIAGE_TESTS"]
        ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
}

/// A file of `Tests/Golden`: numbers that PyTorch computed.
public struct Golden: Sendable {
    public let file: SafetensorsFile

    /// The path of a file of `Tests/Golden`.
    public static func path(_ name: String) -> String { "\(TestFolder.path)/Golden/\(name)" }

    public init(_ name: String) throws { file = try SafetensorsFile(path: Golden.path(name)) }

    /// A tensor N×C×H×W of the file.
    public func tensor(_ name: String) throws -> Tensor {
        let shape = try file.entry(name).shape
        return try Tensor(
            planes: try file.floats(name), shape: Shape(n: shape[0], h: shape[2], w: shape[3], c: shape[1]))
    }

    public func floats(_ name: String) throws -> [Float] { try file.floats(name) }

    /// Labels N×H×W.
    public func labels(_ name: String) throws -> LabelMap {
        let shape = try file.entry(name).shape
        return try LabelMap(
            try file.integers(name).map { UInt8($0) }, n: shape[0], h: shape[1], w: shape[2])
    }
}
