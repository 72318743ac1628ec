import CUDATestSupport
import NeuralNet
import TestSupport
import Testing

/// Golden tensors in a backend's memory, for calling single operations.
struct Device<B: Backend> {
    let backend: B
    let golden: Golden
    let tolerance: Tolerance

    init(_ backend: B, _ golden: Golden, on test: TestDevice) {
        self.backend = backend
        self.golden = golden
        tolerance = Tolerance(test)
    }

    /// A dense view with a golden tensor N×C×H×W in it.
    func view(_ name: String) throws -> B.View { try view(try golden.tensor(name)) }

    func view(_ tensor: Tensor) throws -> B.View {
        let view = try empty(tensor.shape)
        tensor.withValues { backend.upload($0, to: view) }
        return view
    }

    /// A dense view of zeros.
    func empty(_ shape: Shape) throws -> B.View {
        let element = backend.activationElement
        return DeviceView(
            buffer: try backend.allocate(bytes: shape.count * element.bytes), offset: 0, shape: shape, stride: shape.c,
            element: element)
    }

    /// Golden values as a slice, in the file's order.
    func slice(_ name: String) throws -> B.Slice { try slice(try golden.floats(name)) }

    func slice(_ values: [Float]) throws -> B.Slice {
        let slice = try scratch(values.count * 4)
        values.withUnsafeBytes { backend.upload($0, to: slice) }
        return slice
    }

    func scratch(_ bytes: Int) throws -> B.Slice {
        DeviceSlice(buffer: try backend.allocate(bytes: bytes), offset: 0, bytes: bytes)
    }

    /// A dense view's values as planes N×C×H×W.
    func planes(_ view: B.View) throws -> [Float] {
        var values = [Float](repeating: 0, count: view.shape.count)
        var failure: NeuralNetError?
        values.withUnsafeMutableBufferPointer { values in
            do throws(NeuralNetError) { try backend.download(view, to: values) } catch { failure = error }
        }
        if let failure { throw failure }
        return try Tensor(values, shape: view.shape).planes()
    }

    func floats(_ slice: B.Slice) throws -> [Float] {
        var values = [Float](repeating: 0, count: slice.bytes / 4)
        var failure: NeuralNetError?
        values.withUnsafeMutableBytes { bytes in
            do throws(NeuralNetError) { try backend.download(slice, to: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return values
    }
}

/// Comparisons with golden values. Tolerances are float32's; what a device rounds beside that comes on top.
///
/// Values are of order 1, and sums of K float32 products round to about √K·6e-8, which 2e-5 covers. The transforms of
/// Winograd's F(6×6) multiply that: up to 1e-5 of the whole (L2), and ten times that in a single value. A wrong term is off by
/// 1e-2 and more.
extension Device {
    func expect(
        _ actual: [Float], _ name: String, atol: Float = 2e-5, rtol: Float = 2e-5, roundings: Float = Tolerance.layer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = tolerance.difference(
            actual, try golden.floats(name), atol: atol, rtol: rtol, roundings: roundings)
        #expect(found.isClose, "\(name): \(found)", sourceLocation: sourceLocation)
    }

    func expectConvolution(
        _ actual: [Float], _ name: String, accuracy: ConvolutionAccuracy,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let expected = try golden.floats(name)
        let error = relativeError(actual, expected)
        let bound = tolerance.relativeError(accuracy == .high ? 3e-6 : 1e-5)
        #expect(error < bound, "\(name)", sourceLocation: sourceLocation)
        let scale = expected.map(abs).max() ?? 0
        try expect(
            actual, name, atol: (accuracy == .high ? 1e-5 : 5e-5) * scale, rtol: 0, sourceLocation: sourceLocation)
    }

    func expectBiasGradient(_ gy: B.View, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let sums = try scratch(gy.shape.c * 4)
        let memory = try scratch(backend.channelScratchBytes(channels: gy.shape.c))
        backend.channelSums(x: gy, sums: sums, scratch: memory)
        try expect(try floats(sums), name, sourceLocation: sourceLocation)
    }
}
