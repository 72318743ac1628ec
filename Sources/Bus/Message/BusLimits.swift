/// What one message may hold, well inside of what the bus itself allows (128 MiB, arrays of 64 MiB, 64 levels), so that
/// no caller can make this process hold more than a few times as much.
package enum BusLimits {
    /// Bytes of all values of one message.
    package static let bytes = 16 << 20
    /// Values of one message, containers included; a byte array counts once.
    package static let values = 1 << 19
    /// Containers inside of containers.
    package static let depth = 48
    /// Bytes that wait to be written before new messages are refused: the bus does not read.
    static let unsentBytes = 32 << 20
}

/// What is left of the limits while a message is written or read.
struct BusBudget {
    private let mostValues: Int
    private let mostBytes: Int
    private var values: Int
    private var bytes: Int

    init(values: Int = BusLimits.values, bytes: Int = BusLimits.bytes) {
        (mostValues, mostBytes) = (values, bytes)
        (self.values, self.bytes) = (values, bytes)
    }

    mutating func spend(bytes size: Int, depth: Int) throws(BusError) {
        values -= 1
        guard values >= 0 else {
            throw BusError(.tooLarge, "A message may hold \(mostValues) values; this one has more.")
        }
        guard size <= bytes else {
            throw BusError(.tooLarge, "A message may hold \(mostBytes) bytes; this one has more.")
        }
        bytes -= size
        guard depth <= BusLimits.depth else {
            throw BusError(.tooLarge, "Values may lie \(BusLimits.depth) levels deep; this message has more.")
        }
    }
}
