import Imaging
import Severity
import Testing

/// From a percentage to a level.
@Suite struct TriageCutOffsTests {
    @Test func levelsBeginAtTheirCutOff() {
        let expected: [(Double, TriageLevel)] = [
            (0, .none), (0.0999, .none), (0.1, .mild), (24.999, .mild), (25, .moderate), (49.999, .moderate),
            (50, .severe), (74.999, .severe), (75, .critical), (100, .critical),
        ]
        for (percentage, level) in expected {
            #expect(TriageCutOffs.standard.level(of: percentage) == level, "\(percentage) %")
        }
        #expect(TriageLevel.allCases.sorted() == [.none, .mild, .moderate, .severe, .critical])
    }

    @Test func withoutAFloorTheLeastOpacityIsMild() throws {
        let cutOffs = try TriageCutOffs(floor: 0, moderate: 10, severe: 20, critical: 30)
        #expect(cutOffs.level(of: 0) == .none)
        #expect(cutOffs.level(of: 1e-9) == .mild)
        #expect(cutOffs.level(of: 29.9) == .severe)
    }

    @Test(
        arguments: [
            [-1, 25, 50, 75], [30, 25, 50, 75], [0, 50, 50, 75], [0, 25, 80, 75], [0, 25, 50, 101], [0, .nan, 50, 75],
            [.nan, 25, 50, 75], [0, 25, 50, .infinity],
        ] as [[Double]])
    func cutOffsGrow(_ values: [Double]) {
        let error = #expect(throws: ImagingError.self) {
            _ = try TriageCutOffs(floor: values[0], moderate: values[1], severe: values[2], critical: values[3])
        }
        #expect(error?.code == .invalidArgument)
    }
}
