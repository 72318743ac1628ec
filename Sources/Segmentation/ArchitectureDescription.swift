import NeuralNet

/// Which network a model file holds. In the file's metadata, which maps strings to strings, each number has a key of its
/// own: `architecture` (`unet` or `segnet`), `in_channels`, `classes`, `depth`, `base_filters`, and for a U-Net
/// `batch_norm` and `dropout`.
public struct ArchitectureDescription: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case unet, segnet
    }

    public let kind: Kind
    public let inputChannels: Int
    public let classes: Int
    public let depth: Int
    /// Filters of the first level.
    public let baseFilters: Int
    /// U-Net only; SegNet always has batch normalisation.
    public let batchNorm: Bool?
    /// U-Net only; nil is 0.
    public let dropout: Float?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind = "architecture"
        case inputChannels = "in_channels"
        case classes
        case depth
        case baseFilters = "base_filters"
        case batchNorm = "batch_norm"
        case dropout
    }

    public init(_ network: UNet) {
        kind = .unet
        inputChannels = network.inputChannels
        classes = network.classes
        depth = network.depth
        baseFilters = network.baseFilters
        batchNorm = network.batchNorm
        dropout = network.dropout
    }

    public init(_ network: SegNet) {
        kind = .segnet
        inputChannels = network.inputChannels
        classes = network.classes
        depth = network.depth
        baseFilters = network.baseFilters
        batchNorm = nil
        dropout = nil
    }

    /// The network it describes. Throws `invalidArgument` when a number is out of range, `malformedFile` when it is
    /// not given whether a U-Net has batch normalisation.
    public func network() throws(NeuralNetError) -> Network {
        switch kind {
        case .segnet:
            return try SegNet(
                inputChannels: inputChannels, classes: classes, depth: depth, baseFilters: baseFilters
            ).network()
        case .unet:
            guard let batchNorm else {
                throw NeuralNetError(
                    .malformedFile, operation: "architecture",
                    message: "A U-Net's description needs batch_norm.")
            }
            return try UNet(
                inputChannels: inputChannels, classes: classes, depth: depth, baseFilters: baseFilters,
                batchNorm: batchNorm, dropout: dropout ?? 0
            ).network()
        }
    }

    /// Throws `invalidArgument` when channels, classes, depth or base filters are out of range.
    func check(depths: ClosedRange<Int>) throws(NeuralNetError) {
        guard (1...65536).contains(inputChannels) else {
            throw outOfRange("Input channels must be between 1 and 65536, but there are \(inputChannels).")
        }
        guard (1...256).contains(classes) else {
            throw outOfRange("Classes must be between 1 and 256, but there are \(classes).")
        }
        guard depths.contains(depth) else {
            throw outOfRange(
                "Depth must be between \(depths.lowerBound) and \(depths.upperBound), but it is \(depth).")
        }
        guard (1...4096).contains(baseFilters) else {
            throw outOfRange("Base filters must be between 1 and 4096, but they are \(baseFilters).")
        }
    }

    func outOfRange(_ message: String) -> NeuralNetError {
        NeuralNetError(.invalidArgument, operation: kind == .unet ? "U-Net" : "SegNet", message: message)
    }
}

/// The description as a file's metadata.
extension ArchitectureDescription {
    /// The keys that describe the architecture; a file's other metadata must not use them.
    public static let metadataKeys = Set(CodingKeys.allCases.map(\.rawValue))

    public var metadata: [String: String] {
        var result: [CodingKeys: String] = [
            .kind: kind.rawValue, .inputChannels: String(inputChannels), .classes: String(classes),
            .depth: String(depth), .baseFilters: String(baseFilters),
        ]
        result[.batchNorm] = batchNorm.map { String($0) }
        result[.dropout] = dropout.map { String($0) }
        return Dictionary(uniqueKeysWithValues: result.map { ($0.rawValue, $1) })
    }

    /// Reads a file's metadata; nil when it names no architecture.
    ///
    /// Throws `unsupported` for an unknown architecture, `malformedFile` when a number is missing or not one.
    public init?(metadata: [String: String]) throws(NeuralNetError) {
        guard let name = metadata[CodingKeys.kind.rawValue] else { return nil }
        guard let kind = Kind(rawValue: name) else {
            throw NeuralNetError(
                .unsupported, operation: "architecture",
                message: "This version knows \(Kind.allCases.map(\.rawValue)), but the file holds \"\(name)\".")
        }
        func value<Value: LosslessStringConvertible>(
            _ key: CodingKeys, _: Value.Type
        ) throws(NeuralNetError) -> Value? {
            guard let text = metadata[key.rawValue] else { return nil }
            guard let value = Value(text) else {
                throw NeuralNetError(
                    .malformedFile, operation: "architecture",
                    message: "The metadata's \(key.rawValue) must be a \(Value.self), but it is \"\(text)\".")
            }
            return value
        }
        func required(_ key: CodingKeys) throws(NeuralNetError) -> Int {
            guard let value = try value(key, Int.self) else {
                throw NeuralNetError(
                    .malformedFile, operation: "architecture", message: "The metadata lacks \(key.rawValue).")
            }
            return value
        }
        self.kind = kind
        inputChannels = try required(.inputChannels)
        classes = try required(.classes)
        depth = try required(.depth)
        // VGG16's width where a SegNet's file does not say it.
        baseFilters = try kind == .segnet ? value(.baseFilters, Int.self) ?? 64 : required(.baseFilters)
        batchNorm = try value(.batchNorm, Bool.self)
        dropout = try value(.dropout, Float.self)
    }
}
