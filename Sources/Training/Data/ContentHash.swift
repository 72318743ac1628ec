/// FNV-1a over whole numbers: tells data sets apart, not forgeries.
struct ContentHash: Sendable {
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01b3 }

    var text: String { String(hash, radix: 16) }
}
