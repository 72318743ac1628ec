import CUDATestSupport
import NeuralNet
import TestSupport
import Testing

/// Layers that move or select values: results are exact, so the tolerance is 0 but for softmax.
extension GoldenLayerTests {
    @Test("ReLU", arguments: TestDevice.float32)
    func relu(on test: TestDevice) throws {
        try test.run { try relu($0, on: test) }
    }

    private func relu<B: Backend>(_ backend: B, on test: TestDevice) throws {
        let device = Device(backend, golden, on: test)
        let y = try device.empty(try device.golden.tensor("relu.x").shape)
        backend.relu(x: try device.view("relu.x"), y: y)
        try device.expect(try device.planes(y), "relu.y", atol: 1e-30, rtol: 0)
        let gx = try device.empty(y.shape)
        backend.reluBackward(y: y, gy: try device.view("relu.gy"), gx: gx)
        try device.expect(try device.planes(gx), "relu.gx", atol: 1e-30, rtol: 0)
    }

    @Test("max-pooling, and ties go to the first", arguments: TestDevice.float32, ["maxpool", "maxpool_ties"])
    func maxPool(on test: TestDevice, name: String) throws {
        try test.run { try maxPool($0, on: test, name) }
    }

    private func maxPool<B: Backend>(_ backend: B, on test: TestDevice, _ name: String) throws {
        let device = Device(backend, golden, on: test)
        let x = try device.view("\(name).x")
        let gy = try device.view("\(name).gy")
        let y = try device.empty(gy.shape)
        let indices = try device.scratch(backend.poolIndexBytes(output: gy.shape))
        backend.maxPool(x: x, y: y, indices: indices)
        try device.expect(try device.planes(y), "\(name).y", atol: 1e-30, rtol: 0)
        let gx = try device.empty(x.shape)
        backend.maxUnpool(x: gy, indices: indices, accumulating: false, y: gx)
        try device.expect(try device.planes(gx), "\(name).gx", atol: 1e-30, rtol: 0)
        // A second time on top: exactly twice as much.
        backend.maxUnpool(x: gy, indices: indices, accumulating: true, y: gx)
        let twice = try device.golden.floats("\(name).gx").map { 2 * $0 }
        #expect(try device.planes(gx) == twice)
    }

    @Test("max-unpooling", arguments: TestDevice.float32)
    func maxUnpool(on test: TestDevice) throws {
        try test.run { try maxUnpool($0, on: test) }
    }

    private func maxUnpool<B: Backend>(_ backend: B, on test: TestDevice) throws {
        let device = Device(backend, golden, on: test)
        let x = try device.view("maxunpool.x")
        let gy = try device.view("maxunpool.gy")
        // PyTorch's flat index in the plane → which of the window's four positions.
        let torch = try device.golden.file.integers("maxunpool.indices")
        let (h, w) = (x.shape.h, x.shape.w)
        let codes = (0..<x.shape.count).map { index -> UInt8 in
            let (pixel, c) = (index / x.shape.c, index % x.shape.c)
            let (n, row, column) = (pixel / (h * w), pixel / w % h, pixel % w)
            let flat = Int(torch[((n * x.shape.c + c) * h + row) * w + column])
            return UInt8((flat / (2 * w) - 2 * row) * 2 + flat % (2 * w) - 2 * column)
        }
        let indices = try device.scratch(codes.count)
        codes.withUnsafeBytes { backend.upload($0, to: indices) }
        let y = try device.empty(gy.shape)
        backend.maxUnpool(x: x, indices: indices, accumulating: false, y: y)
        try device.expect(try device.planes(y), "maxunpool.y", atol: 1e-30, rtol: 0)
        let gx = try device.empty(x.shape)
        backend.maxGather(x: gy, indices: indices, y: gx)
        try device.expect(try device.planes(gx), "maxunpool.gx", atol: 1e-30, rtol: 0)
    }

    // Exponentials in float32: a few units in the last place of values up to 1.
    @Test("softmax", arguments: TestDevice.all)
    func softmax(on test: TestDevice) throws {
        try test.run { try softmax($0, on: test) }
    }

    private func softmax<B: Backend>(_ backend: B, on test: TestDevice) throws {
        let device = Device(backend, golden, on: test)
        let y = try device.empty(try device.golden.tensor("softmax.x").shape)
        backend.softmax(x: try device.view("softmax.x"), y: y)
        try device.expect(try device.planes(y), "softmax.y", atol: 1e-6, rtol: 1e-6)
        let gradient = try device.view("softmax.gy")
        backend.softmaxBackward(y: y, gy: gradient, gx: gradient)
        try device.expect(try device.planes(gradient), "softmax.gx", atol: 1e-6, rtol: 1e-5)
    }

    @Test("concatenation is two copies into slices, and its gradient two copies out", arguments: TestDevice.float32)
    func concatenation(on test: TestDevice) throws {
        try test.run { try concatenation($0, on: test) }
    }

    private func concatenation<B: Backend>(_ backend: B, on test: TestDevice) throws {
        let device = Device(backend, golden, on: test)
        let a = try device.view("concat.a")
        let b = try device.view("concat.b")
        let y = try device.empty(try device.golden.tensor("concat.y").shape)
        func part(_ whole: B.View, _ channel: Int, _ shape: Shape) -> B.View {
            DeviceView(
                buffer: whole.buffer, offset: whole.offset + whole.element.bytes * channel, shape: shape,
                stride: whole.stride, element: whole.element)
        }
        backend.copy(x: a, y: part(y, 0, a.shape))
        backend.copy(x: b, y: part(y, a.shape.c, b.shape))
        try device.expect(try device.planes(y), "concat.y", atol: 1e-30, rtol: 0)
        let gy = try device.view("concat.gy")
        backend.copy(x: part(gy, 0, a.shape), y: a)
        backend.copy(x: part(gy, a.shape.c, b.shape), y: b)
        try device.expect(try device.planes(a), "concat.ga", atol: 1e-30, rtol: 0)
        try device.expect(try device.planes(b), "concat.gb", atol: 1e-30, rtol: 0)
    }
}
