import CUDATestSupport
import NeuralNetCUDA
import Testing

/// Says in a test run's own words whether its tests ran on a GPU of this machine.
@Suite("This machine's GPU")
struct InstalledGPUTests {
    @Test(
        "is among the devices that tests of backends run on",
        .enabled(if: TestGPU.obstacle == nil, "\(TestGPU.obstacle?.description ?? "") It is left out."))
    func isTested() throws {
        #expect(TestDevice.all.count == 1 + 3 + 4)
        try #require(TestGPU.installed.first).run { #expect($0.availableBytes() > 0) }
    }
}
