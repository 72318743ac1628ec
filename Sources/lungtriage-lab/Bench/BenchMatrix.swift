import ArgumentParser
import NeuralNet

/// The rate of large matrix products: what a device can do at most, for judging networks by.
struct BenchMatrix: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Measure products of square matrices: FLOP/s, which no network on this device and precision exceeds.")

    private struct Report: Encodable {
        let device: String
        let size: Int
        let flopsPerSecond: Double
        let allSeconds: [Double]
    }

    @OptionGroup var device: DeviceOptions
    @Option(help: "Rows and columns.") var size = 8192
    @Option(help: "Timed runs after one that is not timed.") var repeats = 10
    @Option(help: "Products of a run.") var products = 10
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...32768).contains(size), repeats > 0, products > 0 else {
            throw ValidationError("--size takes 1 to 32768, --repeats and --products at least 1.")
        }
    }

    func run() throws {
        try ExitStatus.guarding { try measure(on: try device.backend()) }
    }

    private func measure<B: Backend>(on backend: B) throws {
        let shape = try Shape(n: 1, h: 1, w: size, c: size)
        // Noise: zeros would cost less power, and so run faster.
        var generator = RandomGenerator(seed: 1)
        let noise = (0..<shape.count).map { _ in Float(generator.uniform()) * 2 - 1 }
        func memory(_ bytes: Int) throws -> B.Slice {
            DeviceSlice(buffer: try backend.allocate(bytes: bytes), offset: 0, bytes: bytes)
        }
        func matrix() throws -> B.View {
            let element = backend.activationElement
            let view = DeviceView(
                buffer: try backend.allocate(bytes: shape.count * element.bytes), offset: 0, shape: shape, stride: size,
                element: element)
            noise.withUnsafeBufferPointer { backend.upload($0, to: view) }
            return view
        }
        let (x, y) = (try matrix(), try matrix())
        let weights = try memory(shape.bytes)
        noise.withUnsafeBytes { backend.upload($0, to: weights) }
        let packed = try memory(backend.packedConvolution1x1Bytes(inputChannels: size, outputChannels: size))
        backend.packConvolution1x1(inputChannels: size, outputChannels: size, weights: weights, packed: packed)
        var all: [Double] = []
        for _ in 0...repeats {
            let clock = ContinuousClock()
            let start = clock.now
            for _ in 0..<products { backend.convolution1x1(x: x, packed: packed, bias: nil, relu: false, y: y) }
            try backend.synchronize()
            all.append((clock.now - start) / .seconds(1))
        }
        try report(Array(all.dropFirst()), device: backend.description)
    }

    private func report(_ all: [Double], device: String) throws {
        let flops = 2 * Double(products) * Double(size) * Double(size) * Double(size)
        let rate = flops / all.sorted()[all.count / 2]
        if json {
            try JSONOutput.print(Report(device: device, size: size, flopsPerSecond: rate, allSeconds: all))
        } else {
            print("\(device): \((rate / 1e10).rounded() / 100) TFLOP/s in products of \(size)×\(size)")
        }
    }
}
