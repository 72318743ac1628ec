import NeuralNet
import Segmentation
import Testing

@Suite("Parameter counts")
struct ParameterCountTests {
    @Test("U-Net with 1 input channel and 4 classes has 31.0 M parameters")
    func unet() throws {
        let network = try UNet(inputChannels: 1, classes: 4).network()
        // Counted by hand from the layers: convolutions without bias, gamma and beta, transposed convolutions, head.
        #expect(network.trainableParameterCount == 31_036_676)
    }

    @Test("SegNet of depth 5 has VGG16's 14.7 M encoder parameters")
    func segnetEncoder() throws {
        let network = try SegNet(inputChannels: 3, classes: 2, depth: 5).network()
        let encoder = network.parameters.filter { $0.name.hasPrefix("encoder.") }
        let convolutions = encoder.filter { $0.role == .weight || $0.role == .bias }
        // VGG16's convolutions: 14,714,688 weights and biases (Simonyan & Zisserman 2015 give 14.7 M).
        #expect(convolutions.reduce(0) { $0 + $1.count } == 14_714_688)
    }

    @Test("SegNet of depth 3 has about 3.5 M parameters")
    func segnet() throws {
        let count = try SegNet(inputChannels: 1, classes: 2).network().trainableParameterCount
        #expect((3_400_000...3_600_000).contains(count))
    }

    @Test("a quarter of VGG16's filters gives SegNet 218,546 parameters")
    func narrowSegnet() throws {
        let network = try SegNet(inputChannels: 1, classes: 2, baseFilters: 16).network()
        // By hand, with b = 16: 846·b² weights between layers, 27·b of the first layer and the classifier, 3·32·b biases,
        // gammas and betas, 2 biases of the classifier.
        #expect(network.trainableParameterCount == 846 * 16 * 16 + 27 * 16 + 96 * 16 + 2)
    }
}
