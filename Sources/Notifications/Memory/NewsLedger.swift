/// The memory as the tasks of the notifier share it: what was heard waits here until it was told, and is then written
/// down.
package actor NewsLedger {
    private var memory: NewsMemory
    /// Heard, and not told yet.
    private var waiting: [String: StudyNews] = [:]
    private let file: NewsMemoryFile
    private let log: NotifierLog
    private var isCaughtUp = false

    package init(memory: NewsMemory, file: NewsMemoryFile, log: NotifierLog) {
        self.memory = memory
        self.file = file
        self.log = log
    }

    package var searchStart: UInt64 { memory.searchStart }

    /// What is known of an end, be it told or waiting to be.
    package func familiarity(with news: StudyNews) -> NewsMemory.Familiarity {
        guard let other = waiting[news.job] else { return memory.familiarity(with: news) }
        let last = NewsMemory.Ending(announcement: other.announcement, ended: other.ended)
        return NewsMemory.familiarity(with: news, last: last)
    }

    package func hear(_ news: StudyNews) { waiting[news.job] = news }

    /// They were told, or are not to be: not again.
    package func settle(_ news: [StudyNews]) {
        guard !news.isEmpty else { return }
        for one in news {
            if waiting[one.job] == one { waiting[one.job] = nil }
            memory.remember(one)
        }
        advance()
        write()
    }

    /// The history was searched: what ended before `time` is known, but for what waits to be told.
    package func caughtUp(until time: UInt64) {
        isCaughtUp = true
        advance(to: time)
        write()
    }

    /// From now on something may be missed.
    package func loseTouch() { isCaughtUp = false }

    /// Only what is told counts: whatever waits is searched for again after a crash.
    private func advance(to time: UInt64? = nil) {
        guard isCaughtUp else { return }
        let newest = time ?? memory.endings.values.map(\.ended).max() ?? 0
        memory.knowEverything(until: min(newest, waiting.values.map(\.ended).min() ?? .max))
    }

    package func write() {
        do {
            try file.write(memory)
        } catch {
            log(.warning, "What was told cannot be written down, and may be told again: \(error)")
        }
    }
}
