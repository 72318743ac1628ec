/// How a backend stores the values of activations. Parameters, their gradients, moments and statistics are float32
/// always, and so are sums.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
    case float32
    /// IEEE 754 binary16: 11 significant bits, largest value 65504.
    case float16
    /// The upper half of a float32: 8 significant bits, the range of float32.
    case bfloat16

    /// Bytes of one value.
    public var bytes: Int { self == .float32 ? 4 : 2 }
}
