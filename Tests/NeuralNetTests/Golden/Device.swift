import NeuralNet
import TestSupport

/// Golden tensors in a backend's memory, for calling single operations.
struct Device<B: Backend> {
    let backend: B
    let golden: Golden

    /// A dense view with a golden tensor N×C×H×W in it.
    func view(_ name: String) throws -> B.View { try view(try golden.tensor(name)) }

    func view(_ tensor: Tensor) throws -> B.View {
        let view = try empty(tensor.shape)
        tensor.withValues { backend.upload(UnsafeRawBufferPointer($0), to: bytes(of: view)) }
        return view
    }

    /// A dense view of zeros.
    func empty(_ shape: Shape) throws -> B.View {
        DeviceView(buffer: try backend.allocate(bytes: shape.bytes), offset: 0, shape: shape, stride: shape.c)
    }

    func bytes(of view: B.View) -> B.Slice {
        DeviceSlice(buffer: view.buffer, offset: view.offset, bytes: view.shape.bytes)
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

    /// A view's values as planes N×C×H×W.
    func planes(_ view: B.View) throws -> [Float] {
        try Tensor(try floats(bytes(of: view)), shape: view.shape).planes()
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
