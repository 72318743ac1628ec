#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How pages write points in time, given in seconds since 1970.
enum ClockText {
    /// Local time, as it is spoken of in the house: `2026-11-24 13:05`.
    static func local(_ time: Double) -> String {
        var parts = tm()
        var seconds = whole(time)
        localtime_r(&seconds, &parts)
        return "\(day(parts)) \(two(parts.tm_hour)):\(two(parts.tm_min))"
    }

    /// For programs: `2026-11-24T12:05:00Z`.
    static func utc(_ time: Double) -> String {
        var parts = tm()
        var seconds = whole(time)
        gmtime_r(&seconds, &parts)
        return "\(day(parts))T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }

    /// A clock that was far off must not end a program: years 1970 to 9999.
    private static func whole(_ time: Double) -> time_t {
        time.isFinite ? time_t(min(max(time, 0), 253_402_300_799)) : 0
    }

    private static func day(_ parts: tm) -> String {
        "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
