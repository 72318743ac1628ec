import CModelPlugin

/// A version of the plugin interface, written `1.0`.
public struct ABIVersion: Hashable, Sendable, CustomStringConvertible {
    public let major: Int
    public let minor: Int

    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Nil for anything but two whole numbers with a dot between them.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1], major >= 0, minor >= 0 else { return nil }
        self.init(major: major, minor: minor)
    }

    /// This host's.
    public static let host = ABIVersion(major: Int(LUNGTRIAGE_ABI_MAJOR), minor: Int(LUNGTRIAGE_ABI_MINOR))

    public var description: String { "\(major).\(minor)" }

    /// An older minor version lacks fields at the ends of structs, which the host does without; a newer one has fields that
    /// the host does not read.
    var isUsable: Bool { major == Self.host.major }
}
