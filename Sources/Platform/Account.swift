#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Users and groups as the system's databases know them.
package enum Account {
    /// The user that this process acts as.
    package static var current: UInt32 { geteuid() }

    /// A user's name, or the number where there is none.
    package static func name(of user: UInt32) -> String {
        var entry = passwd()
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 14) { buffer in
            var found: UnsafeMutablePointer<passwd>?
            guard let base = buffer.baseAddress, getpwuid_r(user, &entry, base, buffer.count, &found) == 0,
                let name = found?.pointee.pw_name
            else { return "\(user)" }
            return String(cString: name)
        }
    }

    /// The number of a user; nil: there is none of that name.
    package static func user(_ name: String) -> UInt32? {
        var entry = passwd()
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 14) { buffer in
            var found: UnsafeMutablePointer<passwd>?
            guard let base = buffer.baseAddress, getpwnam_r(name, &entry, base, buffer.count, &found) == 0
            else { return nil }
            return found?.pointee.pw_uid
        }
    }

    /// Whether this process acts for a group; nil: there is no group of that name.
    package static func isMember(ofGroup name: String) -> Bool? {
        guard let group = group(name) else { return nil }
        if getegid() == group { return true }
        let count = getgroups(0, nil)
        guard count > 0 else { return false }
        var groups = [gid_t](repeating: 0, count: Int(count))
        return getgroups(count, &groups) > 0 && groups.contains(group)
    }

    private static func group(_ name: String) -> UInt32? {
        var entry = Glibc.group()
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 16) { buffer in
            var found: UnsafeMutablePointer<Glibc.group>?
            guard let base = buffer.baseAddress, getgrnam_r(name, &entry, base, buffer.count, &found) == 0
            else { return nil }
            return found?.pointee.gr_gid
        }
    }
}
