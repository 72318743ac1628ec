import Foundation
import TestDeadlines
import Testing
import Triage

@Suite struct MetricsTests {
    @Test func theFileSaysWhatHappened() async throws {
        let folder = try TriageFolder()
        var configuration = folder.configuration
        let path = folder.root + "/metrics.prom"
        configuration.metricsFile = path
        configuration.metricsSeconds = 0.1
        try folder.drop("one.nii", "1")
        try folder.drop("again.nii", "1", in: "stat")
        try folder.drop("bad.nii", "2")
        try await folder.run(configuration) { _ in
            try await eventually("three ends") {
                let samples = Self.samples(folder.text(path) ?? "")
                return samples["lungtriage_studies_completed_total{level=\"mild\"}"] == 2
                    && samples["lungtriage_studies_failed_total{code=\"badInput\"}"] == 1
            }
        }
        let text = try #require(folder.text(path))
        let samples = Self.samples(text)
        #expect(samples["lungtriage_studies_answered_total"] == 1)
        #expect(samples["lungtriage_intake_open"] == 1)
        #expect(samples["lungtriage_worker_starts_total{device=\"stub\"}"] == 1)
        #expect(samples["lungtriage_turnaround_seconds_count{priority=\"stat\"}"] == 1)
        #expect(samples["lungtriage_turnaround_seconds_bucket{priority=\"routine\",le=\"+Inf\"}"] == 1)
        // The answered study was not analysed.
        #expect(samples["lungtriage_analysis_seconds_count"] == 1)
        #expect((samples["lungtriage_free_bytes{folder=\"outbox\"}"] ?? 0) > 0)
        // For a collector of another user, whatever the mask of this process.
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o644)
        Self.checkFormat(text)
    }

    /// Each family has its help and type once, before its samples, and no sample comes twice.
    private static func checkFormat(_ text: String) {
        var family = ""
        var seen: Set<Substring> = []
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP ") {
                family = String(words[2])
                #expect(seen.insert(line.prefix(7 + family.count)).inserted, "\(line)")
            } else if !line.hasPrefix("# TYPE \(family) ") {
                #expect(line.hasPrefix(family), "\(line)")
                #expect(words.last.flatMap { Double($0) } != nil, "\(line)")
                #expect(seen.insert(line.prefix { $0 != " " }).inserted, "\(line)")
            }
        }
    }

    private static func samples(_ text: String) -> [String: Double] {
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        return samples
    }
}
