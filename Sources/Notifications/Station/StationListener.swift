import Bus

/// Hears what the station announces, and asks for what it missed: at the start, and whenever station or bus come back.
struct StationListener: Sendable {
    let address: BusAddress
    let history: StationHistory
    let ledger: NewsLedger
    /// This user was never told anything: what is in the history is none of the news.
    let isFirstStart: Bool
    /// Studies below are not told; failed ones and those without a level are.
    let minimumLevel: SeverityLevel
    let backOff: BusConnector.BackOff
    /// Between attempts to read the history.
    let pauses: [Duration]
    let log: NotifierLog
    let tell: @Sendable ([StudyNews]) async -> Void
    let stationIsThere: @Sendable (Bool) -> Void

    /// Listens until the task is cancelled. Throws ``BusError/Code/badAddress`` when the bus is none that can be listened to.
    func run() async throws(BusError) {
        var mustCatchUp = false
        var isFirst = isFirstStart
        for await event in TriageEvents.on(address, capacity: 16_384, backOff: backOff) {
            switch event {
            case .serviceVanished:
                await ledger.loseTouch()
                stationIsThere(false)
                continue
            case .serviceAppeared:
                await ledger.loseTouch()
                stationIsThere(true)
                mustCatchUp = true
            case .queued, .started, .progress:
                continue
            case .completed, .failed:
                break
            }
            if mustCatchUp, await catchUp(silently: isFirst) { (mustCatchUp, isFirst) = (false, false) }
            if let news = StudyNews(event, heard: WallTime.now) { await hear(news) }
        }
        guard !Task.isCancelled else { return }
        throw BusError(
            .badAddress, "The station cannot be listened to: there is no bus at its address, or it refuses this user.")
    }

    private func hear(_ news: StudyNews) async {
        guard await !ledger.knows(news), await !isKnownByItsEnd(news) else { return }
        await ledger.hear(news)
        await pass([news])
    }

    /// Whether an announcement is of an end that was found in the history before. A job that ended twice was tried again.
    private func isKnownByItsEnd(_ news: StudyNews) async -> Bool {
        guard let known = await ledger.knownEnd(of: news.job), let job = try? await history.job(news.job),
            let finished = job.finished
        else { return false }
        return finished <= known
    }

    private func pass(_ news: [StudyNews]) async {
        let wanted = news.filter { news in
            guard case .completed(let scores) = news.outcome, let level = scores.level else { return true }
            return level >= minimumLevel
        }
        let unwanted = Set(news).subtracting(wanted)
        await ledger.settle(news.filter(unwanted.contains))
        if !wanted.isEmpty { await tell(wanted) }
    }
}

// MARK: - Catching up

extension StationListener {
    /// Reads the history. False: it cannot be read now.
    private func catchUp(silently: Bool) async -> Bool {
        for pause in [nil] + pauses.map(Optional.some) {
            if let pause { try? await Task.sleep(for: pause) }
            guard !Task.isCancelled else { return false }
            do throws(BusError) {
                try await readHistory(silently: silently)
                return true
            } catch {
                guard error.code == .accessDenied else {
                    log(.warning, "What ended meanwhile is not known yet: \(error)")
                    continue
                }
                log(
                    .warning,
                    "Studies are told as they end, but not those that ended before: only members of the group lungtriage may read the station's history."
                )
                await ledger.caughtUp(until: WallTime.now)
                return true
            }
        }
        return false
    }

    private func readHistory(silently: Bool) async throws(BusError) {
        let asked = WallTime.now
        var missed: [StudyNews] = []
        for news in try await history.ended(since: ledger.searchStart) where await !ledger.knows(news) {
            missed.append(news)
        }
        if silently {
            await ledger.settle(missed)
        } else {
            for news in missed { await ledger.hear(news) }
            await pass(missed)
        }
        await ledger.caughtUp(until: asked)
    }
}
