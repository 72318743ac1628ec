import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite("Learning rate schedules against PyTorch")
struct LearningRateScheduleTests {
    struct File: Decodable {
        let schedules: [Schedule]
    }

    struct Schedule: Decodable {
        let kind: String
        let base: Double
        let rates: [Double]
        let interval: Int?
        let gamma: Double?
        let cosineSteps: Int?
        let minimum: Double?
        let totalSteps: Int?
        let maximum: Double?
        let warmup: Double?
        let divisor: Double?
        let finalDivisor: Double?

        // PyTorch's names of the arguments.
        private enum CodingKeys: String, CodingKey {
            case kind, base, rates, gamma
            case interval = "step_size"
            case cosineSteps = "T_max"
            case minimum = "eta_min"
            case totalSteps = "total_steps"
            case maximum = "max_lr"
            case warmup = "pct_start"
            case divisor = "div_factor"
            case finalDivisor = "final_div_factor"
        }

        var ours: LearningRateSchedule? {
            switch kind {
            case "constant": .constant(base)
            case "step": .step(initial: base, interval: interval!, factor: gamma!)
            case "cosine": .cosine(initial: base, steps: cosineSteps!, minimum: minimum!)
            case "one-cycle":
                .oneCycle(
                    maximum: maximum!, steps: totalSteps!, warmup: warmup!, divisor: divisor!,
                    finalDivisor: finalDivisor!)
            default: nil
            }
        }
    }

    // PyTorch computes some schedules step by step in double precision, ours is the closed form.
    @Test("every step of every schedule")
    func rates() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Golden.path("schedules.json")))
        let schedules = try JSONDecoder().decode(File.self, from: data).schedules
        #expect(Set(schedules.map(\.kind)) == ["constant", "step", "cosine", "one-cycle"])
        for schedule in schedules {
            let ours = try #require(schedule.ours)
            for (step, expected) in schedule.rates.enumerated() {
                let rate = ours.rate(at: step)
                #expect(abs(rate - expected) <= 1e-12 * expected + 1e-18, "\(ours), step \(step): \(rate), \(expected)")
            }
        }
    }

    @Test("after its last step a schedule keeps its last rate")
    func afterwards() {
        let cosine = LearningRateSchedule.cosine(initial: 1, steps: 10, minimum: 0.25)
        #expect(cosine.rate(at: 10) == 0.25 && cosine.rate(at: 25) == 0.25)
        let cycle = LearningRateSchedule.oneCycle(maximum: 1, steps: 10)
        #expect(cycle.rate(at: 30) == cycle.rate(at: 9))
    }
}
