import Platform
import StationConfiguration

extension Check {
    /// Room for results, above the floor below which the daemon takes nothing in.
    static let space = Check(name: "space") { examination in
        guard examination.knowsFolders else { return [.unknownFolders("space")] }
        let configuration = examination.usable
        let floor = configuration.freeSpaceFloor
        let folders = configuration.folders
        var findings: [Finding] = []
        var seen: Set<UInt64> = []
        for path in [folders.outbox, folders.archive, folders.state] {
            guard let facts = try? FolderFacts(path), seen.insert(facts.device).inserted else { continue }
            let free = "\(facts.freeBytes >> 20) MiB are free for \(path)"
            let remedy = "Make room, or let what is old go after some days (the configuration's section Retention)"
            if facts.freeBytes < floor {
                findings.append(
                    .failed(
                        "space", "\(free), less than FreeSpaceFloor (\(floor >> 20) MiB): nothing is taken in.",
                        mend: remedy))
            } else if facts.freeBytes < floor * 2 {
                findings.append(.warning("space", "\(free), and the floor is \(floor >> 20) MiB.", mend: remedy))
            } else {
                findings.append(.ok("space", "\(free)."))
            }
        }
        return findings.isEmpty ? [.skipped("space", "No folder of the station can be looked at.")] : findings
    }

    /// Whether files can be renamed where that must be one step, and the database lies on a disk of this machine.
    static let disks = Check(name: "disks") { examination in
        guard examination.knowsFolders else { return [.unknownFolders("disks")] }
        let folders = examination.usable.folders
        func facts(_ path: String) -> FolderFacts? { try? FolderFacts(path) }
        var findings: [Finding] = []
        if let outbox = facts(folders.outbox), let staging = facts(folders.staging), outbox.device != staging.device {
            findings.append(
                .failed(
                    "disks", "\(folders.staging) is a file system of its own: results cannot take their place.",
                    mend: "sudo umount \(folders.staging)"))
        }
        for path in [folders.archive, folders.failed] {
            guard let inbox = facts(folders.inbox), let other = facts(path), inbox.device != other.device else {
                continue
            }
            findings.append(
                .warning(
                    "disks", "\(path) is on another file system than the inbox: every file is copied there.",
                    mend: "Put both on one file system ([Folders] in the configuration)"))
        }
        if let state = facts(folders.state), let network = state.network {
            findings.append(
                .failed(
                    "disks",
                    "The database lies on a network file system (\(network)), where SQLite is not safe.",
                    mend: "Set State in [Folders] to a folder on a disk of this machine"))
        }
        guard findings.isEmpty else { return findings }
        guard facts(folders.outbox) != nil else {
            return [.skipped("disks", "The folders of the station cannot be looked at.")]
        }
        return [.ok("disks", "Folders between which files are renamed share a file system.")]
    }

    /// Whether the kernel tells of new files, and what happens where it cannot.
    static let watching = Check(name: "watching") { examination in
        guard examination.knowsFolders else { return [.unknownFolders("watching")] }
        let configuration = examination.usable
        let inbox = configuration.folders.inbox
        let facts: FolderFacts?
        do throws(SystemCallError) {
            facts = try FolderFacts(inbox)
        } catch {
            return [.skipped("watching", "\(error)", mend: examination.asRoot)]
        }
        guard let facts else { return [.skipped("watching", "There is no inbox.")] }
        if let network = facts.network {
            return [
                .warning(
                    "watching",
                    """
                    The inbox is on a network file system (\(network)), which may send no events: files are found every \
                    \(configuration.rescanSeconds) s.
                    """, mend: "Set RescanSeconds in [Intake] to what may be waited")
            ]
        }
        do throws(SystemCallError) {
            try FolderWatcher([inbox, inbox + "/urgent", inbox + "/stat"].filter { (try? FolderFacts($0)) != nil })
                .stop()
            return [.ok("watching", "The kernel tells of new files in the inbox.")]
        } catch {
            let remedy = "sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512"
            // Another user's folder says nothing about the daemon.
            let isForbidden = error.code == 13
            return isForbidden
                ? [.skipped("watching", "\(error)", mend: examination.asRoot)]
                : [.failed("watching", "\(error)", mend: remedy)]
        }
    }
}
