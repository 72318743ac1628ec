import WorkerLink

// A worker is taken to be in an attacker's hands: what it says goes into the database, onto the bus and into pages, and
// must fit there whatever it is.

extension JobProgress {
    /// Of what a worker said: a share within 0…1, and a time that a clock can show, or none.
    init(stage: String, claimedShare: Double, claimedSecondsLeft: Double?) {
        self.init(
            stage: stage.fromWorker, share: claimedShare.isFinite ? min(max(claimedShare, 0), 1) : 0,
            // No analysis takes a year.
            secondsLeft: claimedSecondsLeft.flatMap { (0...31_536_000).contains($0) ? $0 : nil })
    }
}

extension StudySummary {
    /// Numbers that are none, and levels and zone scores that do not exist, are missing; text is cut.
    var fromWorker: StudySummary {
        var summary = self
        summary.triageLevel = triageLevel.fromWorker { Self.levels.contains($0) }
        summary.percentageOfOpacity = percentageOfOpacity.fromWorker(where: \.isFinite)
        summary.percentageOfHighOpacity = percentageOfHighOpacity.fromWorker(where: \.isFinite)
        summary.zoneScore = zoneScore.fromWorker { (0...24).contains($0) }
        summary.gravestRemark = gravestRemark?.fromWorker
        summary.remarks = remarks.prefix(100).map(\.fromWorker)
        summary.sha256 = sha256.fromWorker
        summary.seconds = seconds.isFinite ? seconds : 0
        return summary
    }

    private static let levels: Set<String> = ["none", "mild", "moderate", "severe", "critical"]
}

extension StudySummary.Score {
    fileprivate func fromWorker(where isPossible: (Value) -> Bool) -> Self {
        switch self {
        case .value(let value) where isPossible(value): self
        case .value: .missing(code: "impossible", sentence: "The worker gave a value that there cannot be.")
        case .missing(let code, let sentence): .missing(code: code.fromWorker, sentence: sentence.fromWorker)
        }
    }
}

extension WorkerFailure {
    var fromWorker: WorkerFailure {
        WorkerFailure(
            code: code.fromWorker, message: message.fromWorker, detail: detail?.fromWorker, isTransient: isTransient)
    }
}

extension String {
    /// At most 2000 characters, and no NUL, which neither D-Bus nor the database's functions on text carry.
    var fromWorker: String {
        guard unicodeScalars.count > 2000 || unicodeScalars.contains("\0") else { return self }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: unicodeScalars.prefix(2000).map { $0 == "\0" ? "\u{FFFD}" : $0 })
        return String(text) + (unicodeScalars.count > 2000 ? "…" : "")
    }
}
