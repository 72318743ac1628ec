/// How urgent a study is. The folder that it was dropped into says so, or who submitted it.
public enum Priority: Int, Hashable, Comparable, Sendable, Codable, CaseIterable {
    case routine = 0
    case urgent = 1
    case stat = 2

    /// In folder names, on the bus and on the command line.
    public var name: String {
        switch self {
        case .routine: "routine"
        case .urgent: "urgent"
        case .stat: "stat"
        }
    }

    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    public static func < (a: Priority, b: Priority) -> Bool { a.rawValue < b.rawValue }

    /// Seconds a job of this priority gives way to later, more urgent ones. Jobs are taken in the order of arrival plus this,
    /// so that a STAT study goes first and a routine study still has its turn after four hours, however many urgent ones come.
    var patience: Double {
        switch self {
        case .stat: 0
        case .urgent: 30 * 60
        case .routine: 4 * 60 * 60
        }
    }
}
