/// How the slices of a stack belong together.
public enum SliceArrangement: Hashable, Sendable {
    /// One patient's volume: what is connected may cross slices.
    case volume
    /// Slices of unrelated patients: each on its own.
    case unrelated
}
