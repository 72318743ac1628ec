import Bus
import Testing

@Suite struct BusTimeTests {
    @Test(
        arguments: [
            (1.5, 1_500_000), (0, 0), (-3, 0), (.nan, 0), (.infinity, .max), (-.infinity, 0), (1e300, .max),
        ] as [(Double, UInt64)])
    func aTimeIsMicrosecondsWhateverTheNumber(seconds: Double, expected: UInt64) {
        #expect(BusTime.microseconds(seconds) == expected)
    }
}
