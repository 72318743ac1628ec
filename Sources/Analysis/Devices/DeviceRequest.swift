/// Where an analysis is to run, as a user names it.
public enum DeviceRequest: Hashable, Sendable, CustomStringConvertible {
    /// The first GPU that can be used, else the CPU.
    case automatic
    case cpu
    /// This GPU and no other, counted from 0. Plugins that know no GPUs run on the CPU all the same.
    case cuda(Int)

    /// Nil for anything but `auto`, `cpu`, `cuda:0`, `cuda:1`, …
    public init?(_ text: String) {
        switch text {
        case "auto": self = .automatic
        case "cpu": self = .cpu
        default:
            guard text.hasPrefix("cuda:"), let ordinal = Int(text.dropFirst(5)), ordinal >= 0,
                text == "cuda:\(ordinal)"
            else { return nil }
            self = .cuda(ordinal)
        }
    }

    /// Whether a GPU may come to be used.
    public var mayUseGPU: Bool { self != .cpu }

    public var description: String {
        switch self {
        case .automatic: "auto"
        case .cpu: "cpu"
        case .cuda(let ordinal): "cuda:\(ordinal)"
        }
    }
}
