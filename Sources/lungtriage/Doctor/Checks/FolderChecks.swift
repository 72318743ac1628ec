import Platform
import StationConfiguration

extension Check {
    /// Whether every folder is there, is the daemon's, and is no one else's more than it should be.
    static let folders = Check(name: "folders") { examination in
        guard examination.knowsFolders else { return [.unknownFolders("folders")] }
        let folders = examination.usable.folders
        let places: [(String, FolderUse)] = [
            (folders.inbox, .drop), (folders.inbox + "/urgent", .drop), (folders.inbox + "/stat", .drop),
            (folders.outbox, .results), (folders.failed, .results), (folders.archive, .own), (folders.state, .own),
        ]
        let paths = places.map(\.0)
        let sights = paths.map(Sight.init)
        if let hidden = zip(paths, sights).first(where: { $1 == .hidden }) {
            return [.skipped("folders", "This user may not look at \(hidden.0).", mend: examination.asRoot)]
        }
        let missing = zip(paths, sights).filter { $1 == .missing }.map(\.0)
        if let first = missing.first {
            let others = missing.count == 1 ? " is" : " and \(missing.count - 1) others are"
            let remedy = examination.isPrivate ? examination.start : "sudo systemd-tmpfiles --create"
            return [.failed("folders", "\(first)\(others) not there.", mend: remedy)]
        }
        let findings = zip(places, sights).flatMap { place, sight in
            sight.facts.map { examination.findings(on: place.0, $0, use: place.1) } ?? []
        }
        guard findings.isEmpty else { return findings }
        let user = examination.daemonUser.map { Account.name(of: $0) } ?? "?"
        return [.ok("folders", "All \(places.count) folders are there and belong to \(user).")]
    }
}

/// What a folder is for, and so who may do what in it.
private enum FolderUse {
    /// The group drops files.
    case drop
    /// The group reads.
    case results
    /// Nobody but the daemon.
    case own

    /// As systemd/lungtriage.tmpfiles has them.
    var mode: String {
        switch self {
        case .drop: "3770"
        case .results: "2750"
        case .own: "0700"
        }
    }
}

/// What this user sees of a folder.
private enum Sight: Hashable {
    /// Not even whether it is there.
    case hidden
    case missing
    case seen(FolderFacts)

    init(_ path: String) {
        do throws(SystemCallError) {
            self = try FolderFacts(path).map(Sight.seen) ?? .missing
        } catch {
            self = .hidden
        }
    }

    var facts: FolderFacts? { if case .seen(let facts) = self { facts } else { nil } }
}

extension Examination {
    fileprivate func findings(on path: String, _ facts: FolderFacts, use: FolderUse) -> [Finding] {
        guard facts.isFolder else {
            return [.failed("folders", "\(path) is not a folder.", mend: "Move it away; the daemon makes the folder")]
        }
        var findings: [Finding] = []
        if let user = daemonUser, facts.owner != user {
            findings.append(
                .failed(
                    "folders", "\(path) belongs to \(Account.name(of: facts.owner)), not to \(Account.name(of: user)).",
                    mend: "sudo chown \(Account.name(of: user)) \(path)"))
        }
        if facts.mode & 0o700 != 0o700 {
            findings.append(
                .failed("folders", "Its owner may not use \(path) (\(facts.octal)).", mend: "sudo chmod u+rwx \(path)"))
        }
        return findings + openness(of: path, facts, use)
    }

    /// What others may do that they should not, or members of the group may not that they should.
    private func openness(of path: String, _ facts: FolderFacts, _ use: FolderUse) -> [Finding] {
        let remedy = isPrivate ? "chmod o-w \(path)" : "sudo chmod \(use.mode) \(path)"
        if facts.mode & 0o002 != 0 {
            return [
                .failed("folders", "Every user of the machine may write into \(path) (\(facts.octal)).", mend: remedy)
            ]
        }
        // Private stations have one user.
        guard !isPrivate else { return [] }
        let forbidden: UInt32 = use == .own ? 0o077 : 0o007
        if facts.mode & forbidden != 0 {
            return [.warning("folders", "More users may look into \(path) than should (\(facts.octal)).", mend: remedy)]
        }
        if use == .drop, facts.mode & 0o020 == 0 {
            return [
                .warning(
                    "folders", "Members of the group cannot drop files into \(path) (\(facts.octal)).", mend: remedy)
            ]
        }
        return []
    }
}

extension FolderFacts {
    fileprivate var octal: String {
        let digits = String(mode, radix: 8)
        return "mode " + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
