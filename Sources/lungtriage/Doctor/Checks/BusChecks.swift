import Bus
import Platform

extension Check {
    /// Whether there is a bus.
    static let bus = Check(name: "bus") { examination in
        let isSystem = examination.address == .system
        guard case .nothing(let error) = examination.reach else {
            return [.ok("bus", "The \(isSystem ? "system" : "session") bus answers.")]
        }
        let remedy = isSystem ? "sudo systemctl start dbus" : "dbus-run-session bash, and there everything else"
        return [.failed("bus", "No bus answers: \(error.message)", mend: remedy)]
    }

    /// Whether the daemon is on it, and is who it should be.
    static let daemon = Check(name: "daemon") { examination in
        let user: UInt32
        switch examination.reach {
        case .nothing: return [.skipped("daemon", "There is no bus to find it on.")]
        case .bus(let isActivatable):
            let hint = isActivatable ? " The bus starts it at the first call." : ""
            return [
                .failed("daemon", "Nobody owns \(TriageNames.service) on the bus.\(hint)", mend: examination.start)
            ]
        case .owner(let owner, _): user = owner
        case .daemon(let owner, _, _): user = owner
        }
        guard user == examination.daemonUser else {
            return [
                .failed(
                    "daemon",
                    "\(TriageNames.service) is owned by the user \(Account.name(of: user)), not by the daemon's.",
                    mend: examination.isPrivate
                        ? "End that program"
                        : "End it; /usr/share/dbus-1/system.d/\(TriageNames.service).conf must be installed")
            ]
        }
        return [.ok("daemon", "\(TriageNames.service) is owned by the user \(Account.name(of: user)).")]
            + examination.activityFindings
    }

    /// Whether this user may call it.
    static let rights = Check(name: "rights") { examination in
        let group = Examination.daemonAccount
        switch examination.reach {
        case .nothing, .bus: return [.skipped("rights", "There is no daemon to call.")]
        case .daemon: return [.ok("rights", "The user \(Account.name(of: Account.current)) may call the daemon.")]
        case .owner(_, let error) where error.code == .accessDenied:
            let join = "sudo usermod -aG \(group) \(Account.name(of: Account.current)), then log in anew"
            return [
                .failed(
                    "rights", "The bus does not let the user \(Account.name(of: Account.current)) call the daemon.",
                    mend: Account.isMember(ofGroup: group) == nil ? "sudo systemd-sysusers" : join)
            ]
        case .owner(_, let error):
            return [
                .failed("rights", "The daemon does not answer: \(error.message)", mend: "See \(examination.log)")
            ]
        }
    }

    /// Whether there is someone to say who may change something.
    static let polkit = Check(name: "polkit") { examination in
        guard examination.address == .system else {
            return [.skipped("polkit", "On a session bus the user who runs the daemon may do everything.")]
        }
        do throws(BusError) {
            let connection = try await BusConnection.connect(to: .system)
            defer { connection.close() }
            let name = BusName(literal: "org.freedesktop.PolicyKit1")
            let owner = try await connection.owner(of: name)
            let isActivatable = try await connection.isActivatable(name)
            guard owner != nil || isActivatable else {
                return [
                    .warning(
                        "polkit", "There is no polkit: only root and the daemon's user may submit, cancel and manage.",
                        mend: "sudo apt install polkitd")
                ]
            }
            return [.ok("polkit", "polkit is there to say who may submit, cancel and manage.")]
        } catch {
            return [.skipped("polkit", "There is no bus to find it on.")]
        }
    }
}

extension Examination {
    /// What the daemon says of itself.
    fileprivate var activityFindings: [Finding] {
        guard case .daemon(_, let version, let status) = reach else { return [] }
        var findings: [Finding] = []
        if version != LungtriageVersion.current {
            findings.append(
                .warning(
                    "daemon", "The daemon has version \(version), this command \(LungtriageVersion.current).",
                    mend: restart))
        }
        switch status.activity {
        case .idle, .working:
            findings.append(.ok("daemon", "It is \(status.activity.rawValue); \(status.queueLength) studies wait."))
        case .paused:
            findings.append(
                .warning(
                    "daemon", "It is paused: no study begins.",
                    mend: "lungtriage resume" + (isPrivate ? " --session" : "")))
        case .starting, .stopping, .unknown:
            findings.append(
                .warning("daemon", "It is \(status.activity.rawValue).", mend: "Wait, then see \(log)"))
        case .degraded where status.troubles.isEmpty:
            findings.append(
                .failed("daemon", "It takes no studies, or something keeps it from its work.", mend: "See \(log)"))
        case .degraded: break
        }
        findings += status.troubles.map { .failed("daemon", $0, mend: "See \(log)") }
        return findings
    }
}
