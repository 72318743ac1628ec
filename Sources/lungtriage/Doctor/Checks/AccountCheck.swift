import Platform

extension Check {
    /// Whether the daemon's user and the group of those who may use it are there.
    static let account = Check(name: "account") { examination in
        guard !examination.isPrivate else { return [.skipped("account", "This daemon has no user of its own.")] }
        let name = Examination.daemonAccount
        guard Account.user(name) != nil, let isMember = Account.isMember(ofGroup: name) else {
            return [.failed("account", "There is no user and group \(name).", mend: "sudo systemd-sysusers")]
        }
        let user = Account.name(of: Account.current)
        return [.ok("account", "There is a user and group \(name); \(user) is \(isMember ? "" : "not ")in the group.")]
    }
}
