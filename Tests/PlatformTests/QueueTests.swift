import Platform
import TestDeadlines
import Testing

struct QueueTests {
    /// Against an array, over thousands of steps: long enough that the queue makes room at its head.
    @Test(arguments: [UInt64(1), 2, 3]) func whatCameFirstIsTakenFirst(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = FirstInFirstOut<Int>()
        var model: [Int] = []
        for step in 0..<20_000 {
            // In turns more comes than goes and more goes than comes.
            if Int.random(in: 0..<10, using: &random) < (step / 4000 % 2 == 0 ? 7 : 3) {
                queue.append(step)
                model.append(step)
            } else {
                #expect(queue.take() == (model.isEmpty ? nil : model.removeFirst()), "seed \(seed), step \(step)")
            }
            #expect(queue.count == model.count)
            #expect(queue.isEmpty == model.isEmpty)
        }
    }

    /// Against a sorted array: what is taken at a moment is what may begin, the most urgent first, and nothing is left that
    /// should have begun by then.
    @Test(arguments: [UInt64(1), 2, 3]) func timersComeInTheOrderOfTheirDeadlines(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = TimerQueue<Int>()
        var model: [Int: (earliest: Int64, latest: Int64)] = [:]
        var now: Int64 = 0
        for step in 0..<3000 {
            let earliest = now + Int64.random(in: -5...100, using: &random)
            let latest = earliest + Int64.random(in: 0...30, using: &random)
            queue.insert(.init(earliest: earliest, latest: latest, action: step))
            model[step] = (earliest, latest)
            #expect(queue.nextWakeUp == model.values.map(\.latest).min())
            now += Int64.random(in: 0...2, using: &random)
            var last = Int64.min
            while let due = queue.takeDue(at: now) {
                #expect(due.earliest <= now && due.latest >= last)
                last = due.latest
                #expect(model.removeValue(forKey: due.action)?.latest == due.latest)
            }
            #expect(model.values.allSatisfy { $0.latest > now }, "seed \(seed), step \(step)")
            #expect(queue.count == model.count)
        }
    }

    @Test func oneWakeUpServesWhatIsDueTogether() {
        var queue = TimerQueue<String>()
        queue.insert(.init(earliest: 10, latest: 40, action: "patient"))
        queue.insert(.init(earliest: 20, latest: 20, action: "exact"))
        #expect(queue.nextWakeUp == 20)
        #expect(queue.takeDue(at: 20)?.action == "exact")
        #expect(queue.takeDue(at: 20)?.action == "patient")
        #expect(queue.nextWakeUp == nil)
    }
}
