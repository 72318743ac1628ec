import Testing

@testable import NeuralNetCUDA

@Suite struct KernelSourceTests {
    @Test func sourcesAreEmbedded() {
        #expect(!PackageResources.kernel_arguments_h.isEmpty)
    }
}
