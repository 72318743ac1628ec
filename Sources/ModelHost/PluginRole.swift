import CModelPlugin

/// What a plugin labels.
public enum PluginRole: String, Hashable, Sendable, Codable, CaseIterable {
    /// Lung fields.
    case lung
    /// 0, 1 infected.
    case lesionBinary = "lesion-binary"
    /// 0, 1 ground-glass opacity, 2 consolidation, 3 pleural effusion.
    case lesionMulticlass = "lesion-multiclass"

    init?(abi: UInt32) {
        switch Int(abi) {
        case LUNGTRIAGE_ROLE_LUNG: self = .lung
        case LUNGTRIAGE_ROLE_LESION_BINARY: self = .lesionBinary
        case LUNGTRIAGE_ROLE_LESION_MULTICLASS: self = .lesionMulticlass
        default: return nil
        }
    }

    /// The largest label that volumes of the role may hold.
    var largestLabel: UInt8 {
        switch self {
        case .lung: 2
        case .lesionBinary: 1
        case .lesionMulticlass: 3
        }
    }
}
