import Foundation

/// The time of day, for records. Intervals are measured with `ContinuousClock`, which nobody can set.
public enum WallClock {
    /// Seconds since 1970.
    public static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
