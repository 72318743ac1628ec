/// A moment as the bus tells it: microseconds since 1970.
public enum BusTime {
    /// 0 for what is no time after 1970, the largest number for what is beyond all times.
    public static func microseconds(_ seconds: Double) -> UInt64 {
        let microseconds = seconds * 1e6
        guard microseconds > 0 else { return 0 }
        return UInt64(exactly: microseconds.rounded(.down)) ?? .max
    }
}
