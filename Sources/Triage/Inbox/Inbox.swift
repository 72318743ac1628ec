import Logging
import Platform
import ServiceLifecycle
import StationConfiguration

/// Watches the drop folders and hands over every file that is complete: when it was closed after writing or renamed into
/// place, or has not changed for a while where no events come. The most urgent folder first.
actor Inbox: Service {
    private let intake: Intake
    private let moves: FileMoves
    private let troubles: TroubleBoard
    private let folders: FolderLayout
    private let settings: @Sendable () -> TriageConfiguration
    private let hasRoom: @Sendable () -> Bool
    private let arrived: @Sendable ([JobID]) async -> Void
    private let logger: Logger
    private let bell = Doorbell()
    private var ready: [Priority: [String]] = [:]
    private var known: Set<String> = []
    /// Files that stay where they were dropped, as they were when they were taken in.
    private var kept: [String: FileFacts] = [:]
    private var settling = Settling()

    /// Files that are taken in together: two transactions for all of them.
    private static let batch = 128

    init(
        intake: Intake, folders: FolderLayout, moves: FileMoves, troubles: TroubleBoard,
        settings: @escaping @Sendable () -> TriageConfiguration,
        hasRoom: @escaping @Sendable () -> Bool, logger: Logger, arrived: @escaping @Sendable ([JobID]) async -> Void
    ) {
        self.intake = intake
        self.moves = moves
        self.troubles = troubles
        self.folders = folders
        self.settings = settings
        self.hasRoom = hasRoom
        self.logger = logger
        self.arrived = arrived
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.watch() }
                group.addTask { await self.rescan() }
                group.addTask { await self.takeIn() }
            }
        }
    }

    // MARK: - Finding files

    /// Follows events; when a drop folder goes away, makes it again and starts anew.
    private func watch() async {
        while !Task.isCancelled {
            do {
                for drop in folders.drops.reversed() { try moves.makeFolder(drop.folder) }
                let watcher = try FolderWatcher(folders.drops.map(\.folder))
                // What came before the watch was there has no event.
                scan()
                await follow(watcher)
                watcher.stop()
            } catch {
                logger.error("The inbox cannot be watched: \(error)", metadata: ["folder": "\(folders.inbox)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func follow(_ watcher: FolderWatcher) async {
        for await event in watcher.events {
            switch event {
            case .file(let folder, let name): noteClosed(folder, name)
            case .overflow:
                logger.notice("Events were lost; the inbox is looked through.")
                scan()
            case .folderGone(let folder):
                logger.warning("A drop folder went away; it is made again.", metadata: ["folder": "\(folder)"])
                return
            }
        }
    }

    /// Looks through the folders from time to time, and often while a file may still be growing.
    private func rescan() async {
        while !Task.isCancelled {
            let settings = settings()
            let pause =
                settling.isEmpty ? settings.rescanSeconds : min(settings.settleSeconds / 2, settings.rescanSeconds)
            await rescanBell.wait(seconds: pause)
            scan()
        }
    }

    private let rescanBell = Doorbell()

    private func noteClosed(_ folder: String, _ name: String) {
        guard DropName.isStudy(name), let drop = folders.drops.first(where: { $0.folder == folder }) else { return }
        let path = folder + "/" + name
        guard !known.contains(path), let facts = try? FileFacts(path), facts.isRegular else { return }
        // An empty file is one that someone has just made, to fill it later.
        if facts.bytes > 0, FileFacts.hasWriter(path) != true {
            add(path, drop.priority)
        } else {
            let wasEmpty = settling.isEmpty
            settling.restart(path, facts, now: .now)
            if wasEmpty { rescanBell.ring() }
        }
    }

    private func scan() {
        let time = Duration.seconds(settings().settleSeconds)
        var seen: Set<String> = []
        let wasEmpty = settling.isEmpty
        for drop in folders.drops {
            guard let names = try? FileMoves.names(in: drop.folder) else { continue }
            for name in names where DropName.isStudy(name) {
                let path = drop.folder + "/" + name
                guard !known.contains(path), let facts = try? FileFacts(path), facts.isRegular else { continue }
                seen.insert(path)
                if kept[path] == facts { continue }
                if FileFacts.hasWriter(path) == true {
                    settling.restart(path, facts, now: .now)
                } else if settling.isSettled(path, facts, for: time, now: .now) {
                    add(path, drop.priority)
                }
            }
        }
        settling.keep(seen)
        kept = kept.filter { seen.contains($0.key) }
        if wasEmpty, !settling.isEmpty { rescanBell.ring() }
    }

    private func add(_ path: String, _ priority: Priority) {
        settling.forget(path)
        known.insert(path)
        ready[priority, default: []].append(path)
        bell.ring()
    }

    // MARK: - Taking them in

    private func takeIn() async {
        var pause = 0.0
        while !Task.isCancelled {
            let files = nextBatch()
            guard !files.isEmpty || intake.hasUnfinished else {
                await bell.wait()
                continue
            }
            guard hasRoom() else {
                putBack(files)
                try? await Task.sleep(for: .seconds(5))
                continue
            }
            do {
                let facts = isKeeping ? files.map { try? FileFacts($0.path) } : []
                await arrived(try await intake.take(files).jobs)
                for (file, facts) in zip(files, facts) { kept[file.path] = facts }
                known.subtract(files.map(\.path))
                troubles.settle(.intake)
                guard intake.hasUnfinished else {
                    pause = 0
                    continue
                }
                // A file that makes trouble waits; others that come in the meantime do not.
                pause = Self.longer(pause)
                await bell.wait(seconds: pause)
            } catch  where Task.isCancelled {
            } catch {
                logger.error("Files cannot be taken in now, and will be: \(error)")
                troubles.note(.intake, "\(error)")
                putBack(files)
                pause = Self.longer(pause)
                try? await Task.sleep(for: .seconds(pause))
            }
        }
    }

    private static func longer(_ pause: Double) -> Double { min(max(pause * 2, 0.5), 10) }

    private var isKeeping: Bool { settings().takenFiles == .keep }

    private func nextBatch() -> [Intake.File] {
        var files: [Intake.File] = []
        for priority in Priority.allCases.reversed() {
            guard let waiting = ready[priority], !waiting.isEmpty else { continue }
            let taken = waiting.prefix(Self.batch - files.count)
            ready[priority]?.removeFirst(taken.count)
            files += taken.map { Intake.File(path: $0, priority: priority) }
            if files.count == Self.batch { break }
        }
        return files
    }

    private func putBack(_ files: [Intake.File]) {
        for file in files.reversed() { ready[file.priority, default: []].insert(file.path, at: 0) }
    }
}
