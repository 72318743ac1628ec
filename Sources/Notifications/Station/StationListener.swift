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

    /// Listens until the task is cancelled. Throws ``BusError/Code/badAddress`` when the bus is none that can be
    /// listened to.
    func run() async throws(BusError) {
        var mustCatchUp = false
        var isFirst = isFirstStart
        var wasThere: Bool?
        for await event in TriageEvents.on(address, capacity: 16_384, backOff: backOff) {
            switch event {
            case .serviceVanished:
                await ledger.loseTouch()
                // It is said again with each attempt to reach the bus.
                if wasThere != false { stationIsThere(false) }
                wasThere = false
                continue
            case .serviceAppeared:
                await ledger.loseTouch()
                stationIsThere(true)
                (wasThere, mustCatchUp) = (true, true)
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
        switch await ledger.familiarity(with: news) {
        case .known: return
        case .new: break
        case .knownIfEnded(let end):
            // When the station cannot be asked, it is better to tell something twice.
            if let finished = try? await history.job(news.job).finished, finished <= end { return }
        }
        await ledger.hear(news)
        await pass([news])
    }

    private func pass(_ news: [StudyNews]) async {
        await ledger.settle(news.filter { !$0.matters(from: minimumLevel) })
        let wanted = news.filter { $0.matters(from: minimumLevel) }
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
                    """
                    Studies are told as they end, but not those that ended before: only members of the group lungtriage \
                    may read the station's history.
                    """
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
        for news in try await history.ended(since: ledger.searchStart)
        where await ledger.familiarity(with: news) == .new {
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
