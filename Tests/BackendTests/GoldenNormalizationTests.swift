import CUDATestSupport
import NeuralNet
import TestSupport
import Testing

/// Batch normalisation against PyTorch in float64. Values are of order 1 to 10; means over at most 84 values and a division
/// by the standard deviation round to about 1e-6 of them.
extension GoldenLayerTests {
    @Test("batch normalization in training", arguments: TestDevice.all, ["norm_train_5", "norm_train_19"])
    func batchNormalization(on test: TestDevice, name: String) throws {
        try test.run { try batchNormalization($0, on: test, name) }
    }

    private func batchNormalization<B: Backend>(_ backend: B, on test: TestDevice, _ name: String) throws {
        let device = Device(backend, golden, on: test)
        let x = try device.view("\(name).x")
        let bytes = x.shape.c * 4
        let gamma = try device.slice("\(name).weight")
        let beta = try device.slice("\(name).bias")
        let scratch = try device.scratch(backend.channelScratchBytes(channels: x.shape.c))
        let mean = try device.scratch(bytes)
        let variance = try device.scratch(bytes)
        let inverseStd = try device.scratch(bytes)
        let scale = try device.scratch(bytes)
        let shift = try device.scratch(bytes)
        backend.channelMoments(x: x, mean: mean, variance: variance, scratch: scratch)
        backend.batchNormConstants(
            mean: mean, variance: variance, gamma: gamma, beta: beta, epsilon: 1e-5, inverseStd: inverseStd,
            scale: scale, shift: shift)
        let y = try device.empty(x.shape)
        backend.scaleShift(x: x, scale: scale, shift: shift, relu: false, y: y)
        try device.expect(try device.planes(y), "\(name).y")

        let runningMean = try device.slice("\(name).running_mean_before")
        let runningVariance = try device.slice("\(name).running_var_before")
        backend.updateRunningStatistics(
            mean: mean, variance: variance, pixels: x.shape.pixels, momentum: 0.1, runningMean: runningMean,
            runningVariance: runningVariance)
        try device.expect(try device.floats(runningMean), "\(name).running_mean_after", atol: 1e-6, rtol: 1e-6)
        try device.expect(try device.floats(runningVariance), "\(name).running_var_after", atol: 1e-6, rtol: 1e-6)

        let gradient = try device.view("\(name).gy")
        let ggamma = try device.scratch(bytes)
        let gbeta = try device.scratch(bytes)
        backend.batchNormBackward(
            x: x, mean: mean, inverseStd: inverseStd, gamma: gamma, beta: beta, relu: false, gy: gradient, gx: gradient,
            gammaGradient: ggamma, betaGradient: gbeta, scratch: scratch)
        try device.expect(try device.planes(gradient), "\(name).gx")
        try device.expect(try device.floats(ggamma), "\(name).gweight")
        try device.expect(try device.floats(gbeta), "\(name).gbias")
    }

    @Test("batch normalization in inference, on its own", arguments: TestDevice.all)
    func normInference(on test: TestDevice) throws {
        try test.run { try normInference($0, on: test) }
    }

    private func normInference<B: Backend>(_ backend: B, on test: TestDevice) throws {
        let device = Device(backend, golden, on: test)
        var builder = try NetworkBuilder(inputChannels: 5)
        let output = try builder.batchNormalization(builder.input, name: "norm")
        let network = try builder.network(output: output)
        var parameters = ParameterStore.initialized(network, seed: 1)
        for suffix in ["weight", "bias", "running_mean", "running_var"] {
            try parameters.set("norm.\(suffix)", to: try device.golden.floats("norm_inference.\(suffix)"))
        }
        let x = try device.golden.tensor("norm_inference.x")
        let session = try InferenceSession(
            network: network, parameters: parameters, backend: backend, height: x.shape.h, width: x.shape.w)
        try device.expect(try session.run(x).planes(), "norm_inference.y")
    }
}
