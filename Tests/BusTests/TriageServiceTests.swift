import Bus
import BusTestSupport
import Foundation
import Testing

@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct TriageServiceTests {
    @Test func `every method does what it says`() async throws {
        let station = try await TriageStation()
        #expect(try await station.client.submit(path: "/data/a.nii.gz", priority: .stat) == "job-1")
        let expected = await station.control.submissions.first
        #expect(expected?.path == "/data/a.nii.gz")
        #expect(expected?.priority == .stat)
        #expect(expected?.user == geteuid())
        try await station.client.pause()
        try await station.client.resume()
        #expect(try await station.client.reload() == ["The folders change with a restart."])
        await station.control.add(TriageJob(id: "7", study: "s", arrived: 1))
        await station.control.add(TriageJob(id: "8", study: "s", state: .failed, arrived: 1))
        try await station.client.cancel("7")
        try await station.client.retry("8")
        #expect(await station.control.requests == ["pause", "resume", "reload", "cancel 7", "retry 8"])
        #expect(try await station.client.plugins() == station.control.status().plugins)
        #expect(try await station.client.status() == station.control.status())
        #expect(try await station.client.version() == "1.2.3")
    }

    @Test func `troubles carry no paths`() async throws {
        let station = try await TriageStation()
        await station.control.setStatus(
            TriageStatus(activity: .degraded, troubles: ["The file /srv/ct/doe.nii cannot be moved."]))
        #expect(try await station.client.status().troubles == ["The file doe.nii cannot be moved."])
    }

    @Test func `text that D-Bus does not carry is sent without it`() async throws {
        let station = try await TriageStation()
        let text = "a\0b"
        await station.control.setStatus(
            TriageStatus(
                activity: .idle, plugins: [TriagePlugin(id: text, version: text, role: text)],
                devices: [TriageDevice(id: text, kind: text, name: text, details: ["n": .string(text)])],
                tainted: [text]))
        let status = try await station.client.status()
        #expect(status.plugins.first?.id == "a\u{FFFD}b" && status.devices.first?.name == "a\u{FFFD}b")
        #expect(status.tainted == ["a\u{FFFD}b"])
        let job = TriageJob(
            id: "1", study: "s", state: .failed, arrived: 1,
            result: TriageResult(level: text, po: nil, pho: nil, zoneScore: nil),
            failure: TriageFailure(code: text, message: text))
        await station.control.add(job)
        let listed = try await station.client.jobs().first
        #expect(listed?.failure?.code == "a\u{FFFD}b" && listed?.result?.level == "a\u{FFFD}b")
    }

    @Test func `lists carry jobs whole, past and active`() async throws {
        let station = try await TriageStation()
        let jobs = [
            TriageJob(
                id: "1", study: "waiting", state: .running, arrived: 3, started: 4, expectedEnd: 9, progress: 0.5),
            TriageStation.completedJob("2"),
            TriageJob(
                id: "3", study: "broken", state: .failed, priority: .urgent, arrived: 1, started: 2, finished: 5,
                isCancelable: false, failure: TriageFailure(code: "notNIfTI", message: "It is a picture.")),
        ]
        for job in jobs { await station.control.add(job) }
        #expect(try await station.client.jobs() == [jobs[1], jobs[0], jobs[2]])
        for job in jobs { #expect(try await station.client.job(job.id) == job) }
        #expect(try await station.client.jobs(offset: 1, limit: 1) == [jobs[0]])
        let filter = TriageJobFilter(states: [.failed, .queued], priorities: [.stat], study: "b", since: 1, until: 9)
        _ = try await station.client.jobs(matching: filter, offset: 4, limit: 5000)
        let page = await station.control.lastPage
        #expect(page?.filter == filter)
        #expect(page?.offset == 4)
        #expect(page?.limit == 1000)
    }

    @Test(arguments: [
        "../../etc/passwd.nii", "/inbox/../../etc/shadow.nii", "relative.nii", "", "/", "/a//b.nii", "/a/./b.nii",
        "/data/a.txt", "/" + String(repeating: "a", count: 300) + ".nii", String(repeating: "/a", count: 3000) + ".nii",
    ])
    func `a path that the daemon must not see is refused`(path: String) async throws {
        let station = try await TriageStation()
        #expect(await errorCode { _ = try await station.client.submit(path: path) } == .invalidArgument)
        #expect(await station.control.submissions.isEmpty)
    }

    @Test func `the daemon's errors and wrong states arrive under their names`() async throws {
        let station = try await TriageStation()
        let client = station.client
        #expect(await errorCode { _ = try await client.submit(path: "/busy.nii") } == .busy)
        #expect(await errorCode { _ = try await client.job("none") } == .notFound)
        #expect(await errorCode { try await client.cancel("none") } == .notFound)
        await station.control.add(TriageStation.completedJob("done"))
        #expect(await errorCode { try await client.cancel("done") } == .notCancelable)
        #expect(await errorCode { try await client.retry("done") } == .notRetryable)
        let connection = try await BusConnection.connect(to: .address(station.bus.address))
        let cases: [(StaticString, [BusValue])] = [
            ("Submit", [.string("/a.nii"), .details(["colour": .string("red")])]),
            ("Submit", [.string("/a.nii"), .details(["priority": .string("now")])]),
            ("Submit", [.string("/a.nii"), .details(["priority": .int32(1)])]),
            ("Submit", [.string("/a.nii"), .details(["priority": .strings(["stat"])])]),
            ("ListJobs", [.details(["state": .strings(["asleep"])]), .uint32(0), .uint32(0)]),
            ("ListJobs", [.details(["since": .string("today")]), .uint32(0), .uint32(0)]),
        ]
        for (member, body) in cases {
            let call = BusMessage.call(
                TriageNames.service, TriageNames.root, TriageNames.manager, BusMemberName(literal: member), body)
            #expect(await errorCode { _ = try await connection.call(call) } == .invalidArgument, "\(body)")
        }
    }

    @Test func `huge arguments are refused`() async throws {
        let station = try await TriageStation()
        let connection = try await BusConnection.connect(to: .address(station.bus.address))
        let many = (0..<100_000).map { BusValue.string("state \($0)") }
        let options = Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("option\($0)", BusValue.byte(1)) })
        let cases: [(StaticString, [BusValue], BusError.Code)] = [
            (
                "Submit", [.string("/" + String(repeating: "x", count: 2 << 20) + ".nii"), .details([:])],
                .limitsExceeded
            ),
            (
                "Submit", [.string("/" + String(repeating: "x", count: 1 << 19) + ".nii"), .details([:])],
                .invalidArgument
            ),
            ("Submit", [.string("/a.nii"), .details(options)], .limitsExceeded),
            ("ListJobs", [.details(["state": .array(of: .string, many)]), .uint32(0), .uint32(0)], .limitsExceeded),
            ("ListJobs", [.array(of: .string, many)], .invalidArguments),
        ]
        for (member, body, code) in cases {
            let call = BusMessage.call(
                TriageNames.service, TriageNames.root, TriageNames.manager, BusMemberName(literal: member), body)
            #expect(await errorCode { _ = try await connection.call(call) } == code, "\(member)")
        }
        #expect(try await station.client.version() == "1.2.3")
    }

    @Test func `10,000 active jobs are shown whole`() async throws {
        let station = try await TriageStation()
        station.service.setActive((0..<10_000).map { TriageJob(id: "\($0)", study: "study \($0)", arrived: 1) })
        #expect(Set(try await station.client.activeJobs().map(\.id)).count == 10_000)
    }

    @Test func `nothing is changed for who may not`() async throws {
        let station = try await TriageStation(authorizer: FixedAuthorizer(isAllowed: false))
        let client = station.client
        await station.control.add(TriageJob(id: "1", study: "s", arrived: 1))
        await station.control.add(TriageJob(id: "2", study: "s", state: .failed, arrived: 1))
        #expect(await errorCode { _ = try await client.submit(path: "/a.nii") } == .notAuthorized)
        #expect(await errorCode { try await client.cancel("1") } == .notAuthorized)
        #expect(await errorCode { try await client.retry("2") } == .notAuthorized)
        #expect(await errorCode { try await client.pause() } == .notAuthorized)
        #expect(await errorCode { try await client.resume() } == .notAuthorized)
        #expect(await errorCode { _ = try await client.reload() } == .notAuthorized)
        #expect(await station.control.requests.isEmpty)
        #expect(await station.control.submissions.isEmpty)
        #expect(try await client.jobs().count == 2)
    }

    @Test func `a study's way is told in its order, and its object comes and goes`() async throws {
        let station = try await TriageStation()
        let events = TriageEvents.on(.address(station.bus.address))
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .serviceAppeared)
        var job = TriageJob(id: "9", study: "lung", priority: .urgent, arrived: 5)
        await station.service.studyQueued(job)
        #expect(await iterator.next() == .queued(job: "9", study: "lung", priority: .urgent))
        #expect(try await station.client.activeJobs() == [job])
        job.state = .running
        job.started = 6
        await station.service.studyStarted(job)
        #expect(await iterator.next() == .started(job: "9", study: "lung"))
        station.service.progress("9", 0.25, expectedEnd: 99)
        #expect(await iterator.next() == .progress(job: "9", fraction: 0.25, expectedEnd: 99))
        #expect(try await station.client.job("9").progress == 0.25)
        let done = TriageStation.completedJob("9", study: "lung")
        let announcement = TriageAnnouncement(number: 77, isResent: true)
        await station.control.add(done)
        try await station.service.studyCompleted(done, announcement)
        let result = try #require(done.result)
        #expect(await iterator.next() == .completed(job: "9", study: "lung", result, announcement))
        #expect(try await station.client.activeJobs() == [])
        #expect(try await station.client.job("9") == done)
        let failed = TriageJob(
            id: "10", study: "bad", state: .failed, arrived: 1,
            failure: TriageFailure(code: "notNIfTI", message: "No NIfTI."))
        try await station.service.studyFailed(failed, TriageAnnouncement(number: 78, isResent: false))
        #expect(
            await iterator.next()
                == .failed(
                    job: "10", study: "bad", TriageFailure(code: "notNIfTI", message: "No NIfTI."),
                    TriageAnnouncement(number: 78, isResent: false)))
    }

    @Test func `scores that do not apply are never taken for healthy ones`() async throws {
        let station = try await TriageStation()
        let connection = try await BusConnection.connect(to: .address(station.bus.address))
        let signals = try await connection.signals(
            BusMatchRule(interface: TriageNames.manager, member: BusMemberName(literal: "StudyCompleted")))
        var job = TriageStation.completedJob("1")
        job.result = TriageResult(level: "unknown", po: .nan, pho: nil, zoneScore: nil)
        try await station.service.studyCompleted(job, TriageAnnouncement(number: 1, isResent: false))
        var iterator = signals.makeAsyncIterator()
        let body = try #require(await iterator.next()?.body)
        #expect(Array(body[3...5]) == [.double(-1), .double(-1), .uint32(.max)])
    }

    @Test func `progress is told at most twice a second`() async throws {
        let station = try await TriageStation()
        let connection = try await BusConnection.connect(to: .address(station.bus.address))
        let signals = try await connection.signals(
            BusMatchRule(member: BusMemberName(literal: "PropertiesChanged"), pathNamespace: TriageNames.jobs))
        await station.service.studyQueued(TriageJob(id: "1", study: "s", arrived: 1))
        let start = ContinuousClock.now
        for step in 0...10_000 { station.service.progress("1", Double(step) / 10_000) }
        let mostTold = Int((ContinuousClock.now - start) / .milliseconds(500)) + 1
        #expect(try await station.client.job("1").progress == 1)
        try await station.service.studyFailed(
            TriageJob(id: "1", study: "s", state: .failed, arrived: 1), TriageAnnouncement(number: 1, isResent: false))
        var told = 0
        for await signal in signals {
            guard signal.body[1].detailValues?["State"] == nil else { break }
            told += 1
        }
        #expect(told >= 1 && told <= mostTold, "\(told) of \(mostTold)")
    }

    @Test func `no signal and no list shows a path`() async throws {
        let station = try await TriageStation()
        let connection = try await BusConnection.connect(to: .address(station.bus.address))
        let signals = try await connection.signals(BusMatchRule(sender: TriageNames.service))
        let secret = "/srv/Patients/Doe/scan.nii"
        var job = TriageJob(
            id: "1", study: secret, arrived: 1,
            result: TriageResult(
                level: "mild", po: 1, pho: 1, zoneScore: 1, missing: ["a": "no \(secret)"],
                details: ["file": .string(secret), "list": .strings([secret, "and/or"])]),
            failure: TriageFailure(code: "x", message: "The file “\(secret)” (\(secret)) cannot be read: \(secret)."))
        await station.service.studyQueued(job)
        job.state = .running
        await station.service.studyStarted(job)
        await station.control.add(job)
        let rows = try await station.client.jobs()
        try await station.service.studyCompleted(job, TriageAnnouncement(number: 1, isResent: false))
        try await station.service.studyFailed(job, TriageAnnouncement(number: 2, isResent: false))
        var texts = ["\(rows)"]
        for await signal in signals {
            texts.append("\(signal.body)")
            if signal.member == "StudyFailed" { break }
        }
        #expect(texts.count > 6)
        for text in texts {
            #expect(!text.contains("Patients") && !text.contains("Doe"), "\(text)")
        }
        #expect(texts[0].contains("and/or") && texts[0].contains("scan.nii"))
    }

    @Test func `the manager's properties tell their changes, once`() async throws {
        let station = try await TriageStation()
        let connection = try await BusConnection.connect(to: .address(station.bus.address))
        let signals = try await connection.signals(
            BusMatchRule(member: BusMemberName(literal: "PropertiesChanged"), path: TriageNames.root))
        var iterator = signals.makeAsyncIterator()
        station.service.statusChanged()
        _ = await iterator.next()
        var status = await station.control.status()
        status.queueLength = 3
        status.activity = .working
        await station.control.setStatus(status)
        for _ in 0..<100 { station.service.statusChanged() }
        let second = await iterator.next()?.body[1].detailValues
        #expect(second == ["QueueLength": .uint32(3), "Status": .string("working")])
        status.queueLength = 4
        await station.control.setStatus(status)
        station.service.statusChanged()
        #expect(await iterator.next()?.body[1].detailValues == ["QueueLength": .uint32(4)])
    }
}
