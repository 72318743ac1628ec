import Foundation
import Imaging
import NeuralNet

/// How a CT slice becomes a network's input; a model file carries it, so that serving does what training did.
public struct InputPreparation: Hashable, Sendable, Codable {
    public var crop: SliceCrop
    public var window: InputWindow
    /// Rows and columns that the network sees.
    public var height: Int
    public var width: Int

    public init(
        crop: SliceCrop, window: InputWindow = .lungAndSoftTissue, height: Int = 256, width: Int = 256
    ) {
        self.crop = crop
        self.window = window
        self.height = height
        self.width = width
    }

    /// The key of a model file's metadata.
    public static let metadataKey = "preparation"

    /// As a model file's metadata, JSON with sorted keys.
    public var metadata: [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Only non-finite numbers cannot be encoded, and a window has none.
        let json = (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return [Self.metadataKey: json]
    }

    /// From a model file's metadata; nil when it says nothing. Throws `malformedFile` when it says nonsense.
    public init?(metadata: [String: String]) throws(NeuralNetError) {
        guard let json = metadata[Self.metadataKey] else { return nil }
        do {
            self = try JSONDecoder().decode(InputPreparation.self, from: Data(json.utf8))
        } catch {
            throw NeuralNetError(
                .malformedFile, operation: "model", message: "The metadata's \(Self.metadataKey) cannot be read.",
                cause: "\(error)")
        }
        guard window.lower < window.upper, (1...8192).contains(height), (1...8192).contains(width) else {
            throw NeuralNetError(
                .malformedFile, operation: "model",
                message: "The metadata's \(Self.metadataKey) is out of range: \(json).")
        }
    }
}
