// What the service says, as plain values. Times are microseconds since 1970, as D-Bus objects give them.

package enum TriagePriority: String, Hashable, Sendable, CaseIterable {
    case stat, urgent, routine
}

package enum TriageJobState: String, Hashable, Sendable, CaseIterable {
    /// `quarantined`: workers died of it more often than allowed.
    case queued, running, completed, failed, quarantined, cancelled

    package var isActive: Bool { self == .queued || self == .running }
}

/// A study on its way, or what became of it.
package struct TriageJob: Hashable, Sendable {
    /// Unique, and the same for the study's whole life.
    package var id: String
    /// The study's name: never a path.
    package var study: String
    package var state: TriageJobState
    package var priority: TriagePriority
    package var arrived: UInt64
    package var started: UInt64?
    package var finished: UInt64?
    package var expectedEnd: UInt64?
    /// 0…1, where known.
    package var progress: Double?
    package var isCancelable: Bool
    package var result: TriageResult?
    package var failure: TriageFailure?

    package init(
        id: String, study: String, state: TriageJobState = .queued, priority: TriagePriority = .routine,
        arrived: UInt64, started: UInt64? = nil, finished: UInt64? = nil, expectedEnd: UInt64? = nil,
        progress: Double? = nil, isCancelable: Bool = true, result: TriageResult? = nil, failure: TriageFailure? = nil
    ) {
        self.id = id
        self.study = study
        self.state = state
        self.priority = priority
        self.arrived = arrived
        self.started = started
        self.finished = finished
        self.expectedEnd = expectedEnd
        self.progress = progress
        self.isCancelable = isCancelable
        self.result = result
        self.failure = failure
    }
}

/// The scores of a study; nil where one does not apply.
package struct TriageResult: Hashable, Sendable {
    package var level: String
    /// Per cent of the lung.
    package var po: Double?
    package var pho: Double?
    /// 0…24
    package var zoneScore: UInt32?
    /// Why scores are nil: by the names `po`, `pho`, `zone_score`.
    package var missing: [String: String]
    /// Anything else that listeners may want.
    package var details: [String: BusValue]

    package init(
        level: String, po: Double?, pho: Double?, zoneScore: UInt32?, missing: [String: String] = [:],
        details: [String: BusValue] = [:]
    ) {
        self.level = level
        self.po = po
        self.pho = pho
        self.zoneScore = zoneScore
        self.missing = missing
        self.details = details
    }
}

package struct TriageFailure: Hashable, Sendable {
    /// Stable, for programs.
    package var code: String
    /// One sentence for people.
    package var message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

package struct TriagePlugin: Hashable, Sendable {
    package var id: String
    package var version: String
    /// `lung`, `lesion-binary` or `lesion-multiclass`.
    package var role: String
    package var details: [String: BusValue]

    package init(id: String, version: String, role: String, details: [String: BusValue] = [:]) {
        self.id = id
        self.version = version
        self.role = role
        self.details = details
    }
}

package struct TriageDevice: Hashable, Sendable {
    package var id: String
    /// `cpu` or `cuda`.
    package var kind: String
    package var name: String
    package var details: [String: BusValue]

    package init(id: String, kind: String, name: String, details: [String: BusValue] = [:]) {
        self.id = id
        self.kind = kind
        self.name = name
        self.details = details
    }
}

package struct TriageStatus: Hashable, Sendable {
    package enum Activity: String, Hashable, Sendable, CaseIterable {
        /// Not said by this version.
        case unknown
        case starting, idle, working, paused
        /// It takes no studies, or cannot analyse them.
        case degraded
        case stopping
    }

    package var activity: Activity
    package var queueLength: UInt32
    package var plugins: [TriagePlugin]
    package var devices: [TriageDevice]
    /// Why results are not what a sealed installation gives: unsealed plugins, for instance. Empty: nothing.
    package var tainted: [String]
    /// What keeps the daemon from its work at the moment, a sentence each.
    package var troubles: [String]

    package init(
        activity: Activity, queueLength: UInt32 = 0, plugins: [TriagePlugin] = [], devices: [TriageDevice] = [],
        tainted: [String] = [], troubles: [String] = []
    ) {
        self.activity = activity
        self.queueLength = queueLength
        self.plugins = plugins
        self.devices = devices
        self.tainted = tainted
        self.troubles = troubles
    }
}

/// Which jobs to list; an empty filter takes all.
package struct TriageJobFilter: Hashable, Sendable {
    /// Empty: any.
    package var states: Set<TriageJobState>
    /// Empty: any.
    package var priorities: Set<TriagePriority>
    /// Part of the study's name.
    package var study: String?
    /// Arrived at or after.
    package var since: UInt64?
    /// Arrived before.
    package var until: UInt64?

    package init(
        states: Set<TriageJobState> = [], priorities: Set<TriagePriority> = [], study: String? = nil,
        since: UInt64? = nil, until: UInt64? = nil
    ) {
        self.states = states
        self.priorities = priorities
        self.study = study
        self.since = since
        self.until = until
    }
}

/// A file that somebody hands in. The path is absolute, without `..`, and ends in `.nii` or `.nii.gz`; whether the file is
/// there, and whether `user` may read it, is for the daemon to find out.
package struct TriageSubmission: Hashable, Sendable {
    package let path: String
    package let priority: TriagePriority?
    /// Who asks, as the bus knows it.
    package let user: UInt32
}

/// A study's news that was announced: `announcement` is the same each time that it is repeated.
package struct TriageAnnouncement: Hashable, Sendable {
    package var number: UInt64
    /// Said before, maybe: the last time it was not known whether anybody heard it.
    package var isResent: Bool

    package init(number: UInt64, isResent: Bool) {
        self.number = number
        self.isResent = isResent
    }
}
