import Foundation
import Notifications
import Testing

@Suite struct MemoryTests {
    private func news(_ job: String, announcement: UInt64?, ended: UInt64) -> StudyNews {
        StudyNews(
            job: job, study: "s", outcome: .failed(code: "c", message: "m"), announcement: announcement, ended: ended)
    }

    @Test func `an announcement is known by its number and job, a past end by its time`() {
        var memory = NewsMemory(knownUntil: 0)
        #expect(memory.familiarity(with: news("1", announcement: 7, ended: 5000)) == .new)
        memory.remember(news("1", announcement: 7, ended: 1000))
        #expect(memory.familiarity(with: news("1", announcement: 7, ended: 5000)) == .known)
        #expect(memory.familiarity(with: news("1", announcement: 8, ended: 5000)) == .new)
        // An older one that is repeated, or the station has a new database.
        #expect(memory.familiarity(with: news("1", announcement: 6, ended: 5000)) == .knownIfEnded(1000))
        #expect(memory.familiarity(with: news("2", announcement: 7, ended: 900)) == .new)
        #expect(memory.familiarity(with: news("1", announcement: nil, ended: 1000)) == .known)
        #expect(memory.familiarity(with: news("1", announcement: nil, ended: 1001)) == .new)
        memory.remember(news("3", announcement: nil, ended: 2000))
        #expect(memory.familiarity(with: news("3", announcement: 9, ended: 5000)) == .knownIfEnded(2000))
    }

    @Test func `the memory stays small and keeps the newest`() {
        var memory = NewsMemory(knownUntil: 0)
        for number in 1...20_000 as ClosedRange<UInt64> {
            memory.remember(news("\(number)", announcement: number, ended: number))
        }
        #expect(memory.endings.count <= 2500)
        #expect(memory.familiarity(with: news("20000", announcement: 20_000, ended: 0)) == .known)
        #expect(memory.familiarity(with: news("1", announcement: 1, ended: 0)) == .new)
    }

    @Test func `a clock that is set back hides nothing that comes`() {
        var memory = NewsMemory(knownUntil: 5_000_000_000)
        memory.limit(to: 4_000_000_000)
        #expect(memory.searchStart <= 4_000_000_000)
    }

    @Test func `the file gives back what was written, and nothing that is not its own`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "memory-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = NewsMemoryFile(environment: ["XDG_STATE_HOME": folder.path])
        #expect(file.path == folder.path + "/lungtriage/notify.json")
        #expect(file.read() == .none)
        var memory = NewsMemory(knownUntil: 3)
        memory.remember(news("1", announcement: 7, ended: 1000))
        try file.write(memory)
        #expect(file.read() == .memory(memory))
        for content in ["", "{", "{\"version\":2,\"knownUntil\":1,\"endings\":{}}", "[]"] {
            try Data(content.utf8).write(to: URL(filePath: file.path))
            guard case .unusable = file.read() else { return #expect(Bool(false), "\(content) was taken") }
        }
    }

    @Test func `without XDG_STATE_HOME, or with a relative one, the file is below the home`() {
        for environment in [["HOME": "/home/x"], ["HOME": "/home/x", "XDG_STATE_HOME": "state"]] {
            #expect(NewsMemoryFile(environment: environment).path == "/home/x/.local/state/lungtriage/notify.json")
        }
    }
}
