import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite("Parameter files")
struct ParameterFileTests {
    let network: Network
    let parameters: ParameterStore
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path

    init() throws {
        network = try SmallNetwork.withSkip()
        parameters = try ParameterStore.initialized(network, seed: 5).randomized(seed: 5)
    }

    /// Writes all parameters, changed by `edit`: nil leaves one out.
    func write(extra: String? = nil, _ edit: (ParameterSpec, [Float]) -> (shape: [Int], values: [Float])?) throws {
        var writer = SafetensorsWriter(allowsNonFinite: true)
        for spec in parameters.specs {
            if spec.layout == .scalar {
                if edit(spec, []) != nil { try writer.add(spec.name, shape: [], integers: [3]) }
            } else if let (shape, values) = edit(spec, try parameters.values(spec.name)) {
                try writer.add(spec.name, shape: shape, floats: values)
            }
        }
        if let extra { try writer.add(extra, shape: [1], floats: [0]) }
        try writer.write(to: path)
    }

    func load() throws -> ParameterStore {
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ParameterStore(file: SafetensorsFile(path: path), network: network)
    }

    @Test("what is saved is loaded, bit for bit")
    func roundTrip() throws {
        var saved = parameters
        try saved.set("down.norm.num_batches_tracked", to: 17)
        try saved.save(to: path)
        let loaded = try load()
        for spec in loaded.specs where spec.layout != .scalar {
            #expect(try loaded.values(spec.name) == parameters.values(spec.name))
        }
        #expect(try loaded.counter("down.norm.num_batches_tracked") == 17)
    }

    @Test("float16 storage rounds convolution weights only")
    func half() throws {
        try parameters.save(to: path, storage: .float16)
        let loaded = try load()
        let found = difference(
            try loaded.values("down.conv.weight"), try parameters.values("down.conv.weight"), atol: 0, rtol: 0x1p-11)
        #expect(found.isClose, "\(found)")
        #expect(try loaded.values("down.norm.running_var") == parameters.values("down.norm.running_var"))
    }

    @Test("a missing parameter is an error that names it")
    func missing() throws {
        try write { spec, values in spec.name == "head.bias" ? nil : (spec.shape, values) }
        let error = thrownError { _ = try load() }
        #expect(error?.code == .parameterMismatch)
        #expect(error?.operation.contains("head.bias") == true)
    }

    @Test("an unexpected parameter is an error that names it")
    func unexpected() throws {
        try write(extra: "intruder.weight") { spec, values in (spec.shape, values) }
        let error = thrownError { _ = try load() }
        #expect(error?.code == .parameterMismatch)
        #expect(error?.operation.contains("intruder.weight") == true)
    }

    @Test("a misshapen parameter is an error with both shapes")
    func misshapen() throws {
        try write { spec, values in spec.name == "up.weight" ? ([8, 16, 2, 2], values) : (spec.shape, values) }
        let error = thrownError { _ = try load() }
        #expect(error?.code == .parameterMismatch)
        #expect(error?.message.contains("[16, 8, 2, 2]") == true && error?.message.contains("[8, 16, 2, 2]") == true)
    }

    @Test("a NaN or infinite weight is an error that names it", arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(value: Float) throws {
        try write { spec, values in
            var values = values
            if spec.name == "bottom.conv.weight" { values[100] = value }
            return (spec.shape, values)
        }
        let error = thrownError { _ = try load() }
        #expect(error?.code == .notFinite)
        #expect(error?.operation.contains("bottom.conv.weight") == true)
    }

    @Test("a file without num_batches_tracked counts from 0")
    func withoutCounters() throws {
        try write { spec, values in spec.layout == .scalar ? nil : (spec.shape, values) }
        #expect(try load().counter("out.norm.num_batches_tracked") == 0)
    }

    @Test("the store refuses other names and sizes")
    func store() {
        var store = parameters
        #expect(errorCode { try store.set("nobody", to: [1]) } == .parameterMismatch)
        #expect(errorCode { try store.set("head.bias", to: [1, 2]) } == .shapeMismatch)
        #expect(errorCode { try store.set("head.bias", to: 5) } == .parameterMismatch)
        #expect(errorCode { _ = try store.values("down.norm.num_batches_tracked") } == .parameterMismatch)
        #expect(errorCode { _ = try store.counter("head.bias") } == .parameterMismatch)
    }
}
