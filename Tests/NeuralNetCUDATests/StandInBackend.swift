import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import Testing

/// Runs `body` with a backend on stand-ins that have a setting, and expects that no rule was broken and nothing was left when it is gone.
func withStandIn(
    _ element: ElementType = .float32, deterministic: Bool = false, tf32: Bool = false,
    setting: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (CUDABackend, StandInLibraries) throws -> Void
) throws {
    let libraries = try StandInLibraries()
    if !setting.isEmpty { libraries.set(setting) }
    do {
        var options = libraries.options(element)
        options.isDeterministic = deterministic
        options.allowsTF32 = tf32
        let backend = try CUDABackend(options)
        try body(backend, libraries)
    }
    #expect(libraries.violations == "", sourceLocation: sourceLocation)
    #expect(libraries.leaks == 0, sourceLocation: sourceLocation)
}

extension DeviceMemory {
    /// Memory with these values.
    func slice(_ values: [Float]) throws -> Slice {
        let slice = try scratch(values.count * 4)
        values.withUnsafeBytes { upload($0, to: slice) }
        return slice
    }

    func scratch(_ bytes: Int) throws -> Slice {
        DeviceSlice(buffer: try allocate(bytes: bytes), offset: 0, bytes: bytes)
    }

    /// A view of zeros; with `margin`, a slice of the channels of a tensor that has so many more on either side.
    func view(_ shape: Shape, margin: Int = 0) throws -> View {
        let stride = shape.c + 2 * margin
        let bytes = shape.pixels * stride * activationElement.bytes
        return DeviceView(
            buffer: try allocate(bytes: bytes), offset: margin * activationElement.bytes, shape: shape, stride: stride,
            element: activationElement)
    }

    func floats(_ slice: Slice) throws -> [Float] {
        var values = [Float](repeating: 0, count: slice.bytes / 4)
        try values.withUnsafeMutableBytes { try download(slice, to: $0) }
        return values
    }
}
