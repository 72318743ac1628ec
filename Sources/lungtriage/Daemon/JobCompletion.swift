import ArgumentParser
import Bus

extension CompletionKind {
    /// The numbers of the daemon's jobs in some states. Where the daemon does not run there are none, and it is not started.
    static func jobs(in states: Set<TriageJobState> = []) -> CompletionKind {
        .custom { words, _, prefix in
            let address: BusAddress = words.contains("--session") ? .session : .system
            guard let client = try? await TriageClient.connect(to: address),
                (try? await client.isServiceThere()) == true,
                let jobs = try? await client.jobs(matching: TriageJobFilter(states: states), limit: 100)
            else { return [] }
            return jobs.map(\.id).filter { $0.hasPrefix(prefix) }
        }
    }

    static let studyFile = CompletionKind.file(extensions: ["nii", "gz"])
}
