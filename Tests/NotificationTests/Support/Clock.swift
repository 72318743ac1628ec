import Foundation

enum Clock {
    /// Since 1970.
    static func microseconds(secondsAgo: Double = 0) -> UInt64 {
        UInt64((Date.now.timeIntervalSince1970 - secondsAgo) * 1e6)
    }
}
