// C's anonymous enumerations arrive as Int; the functions' results and attributes are Int32.
extension Int {
    /// The constant as results and attributes are passed.
    package var code: Int32 { Int32(truncatingIfNeeded: self) }
}
