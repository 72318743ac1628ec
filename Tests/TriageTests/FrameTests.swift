import Testing
import WorkerLink

@Suite struct FrameTests {
    private let messages: [WorkerMessage] = [
        .heartbeat, .progress(job: 7, stage: "lungs", share: 0.25, secondsLeft: nil), .cancelled(job: .max),
        .log(warning: true, message: "\u{0}ü\n"),
        .progress(job: 1, stage: "", share: .infinity, secondsLeft: -.infinity),
    ]

    @Test func messagesComeThroughInPiecesOfAnySize() throws {
        let bytes = try messages.flatMap { try Frame.encoded($0) }
        for size in [1, 2, 3, 5, 7, 64, bytes.count] {
            var reader = FrameReader<WorkerMessage>()
            var found: [WorkerMessage] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += try reader.take(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(found == messages, "pieces of \(size)")
        }
    }

    @Test func nonsenseIsRefused() throws {
        var reader = FrameReader<WorkerMessage>()
        #expect(throws: Frame.Malformed.tooLong(0xffff_ffff)) { try reader.take([255, 255, 255, 255]) }
        var second = FrameReader<WorkerMessage>()
        #expect(throws: Frame.Malformed.self) { try second.take([0, 0, 0, 2] + Array("{}".utf8)) }
        #expect(throws: Frame.Malformed.self) {
            try Frame.encoded(WorkerMessage.log(warning: false, message: String(repeating: "x", count: Frame.largest)))
        }
    }
}
