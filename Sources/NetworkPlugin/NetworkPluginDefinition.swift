import CModelPlugin

/// What tells one network plugin from another: its description. Everything else follows from the model file.
public struct NetworkPluginDefinition: Sendable {
    public struct Label: Sendable {
        public var value: UInt8
        public var name: String
        public var abbreviation: String
        /// 0xRRGGBB
        public var color: UInt32

        public init(value: UInt8, name: String, abbreviation: String, color: UInt32) {
            self.value = value
            self.name = name
            self.abbreviation = abbreviation
            self.color = color
        }
    }

    public enum Role: Sendable {
        case lung, lesionBinary, lesionMulticlass

        var abi: Int {
            switch self {
            case .lung: LUNGTRIAGE_ROLE_LUNG
            case .lesionBinary: LUNGTRIAGE_ROLE_LESION_BINARY
            case .lesionMulticlass: LUNGTRIAGE_ROLE_LESION_MULTICLASS
            }
        }
    }

    public var id: String
    public var version: String
    public var name: String
    public var role: Role
    public var labels: [Label]
    /// mm between slices that the model was trained for.
    public var sliceSpacing: ClosedRange<Double>
    /// mm between pixels.
    public var pixelSpacing: ClosedRange<Double>
    /// Whether each slice is also seen mirrored and the scores are averaged.
    public var averagesMirrored: Bool
    /// The weights' file in the model folder.
    public var weights: String

    public init(
        id: String, version: String, name: String, role: Role, labels: [Label],
        sliceSpacing: ClosedRange<Double> = 0.4...10, pixelSpacing: ClosedRange<Double> = 0.4...1.6,
        averagesMirrored: Bool = false, weights: String = "model.safetensors"
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.role = role
        self.labels = labels
        self.sliceSpacing = sliceSpacing
        self.pixelSpacing = pixelSpacing
        self.averagesMirrored = averagesMirrored
        self.weights = weights
    }
}
