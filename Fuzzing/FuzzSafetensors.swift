@testable import NeuralNet

/// libFuzzer's entry: any bytes must give a typed error, or a file whose tensors have as many values as they say.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzOne(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    do {
        let file = try SafetensorsFile(bytes: Array(UnsafeBufferPointer(start: bytes, count: count)), label: "fuzz")
        precondition(Set(file.names).count == file.names.count)
        for name in file.names { try read(name, of: file, bytes: count) }
    } catch let error as NeuralNetError {
        precondition([.malformedFile, .unsupported].contains(error.code), "\(error)")
    } catch {
        preconditionFailure("\(error)")
    }
    return 0
}

private func read(_ name: String, of file: SafetensorsFile, bytes count: Int) throws {
    let entry = try file.entry(name)
    guard let expected = elementCount(of: entry.shape) else { preconditionFailure("\(entry.shape)") }
    let stored = try file.withBytes(of: name) { bytes in
        _ = bytes.reduce(0, &+)
        return bytes.count
    }
    precondition(stored == entry.dtype.byteCount(shape: entry.shape) && stored <= count)
    for values in [try length({ try file.floats(name) }), try length({ try file.integers(name) })] {
        precondition(values == nil || values == expected)
    }
}

/// The number of values; nil for a conversion that the dtype or the values refuse.
private func length<Value>(_ values: () throws -> [Value]) throws -> Int? {
    do {
        return try values().count
    } catch let error as NeuralNetError {
        precondition([.unsupported, .malformedFile, .notFinite].contains(error.code), "\(error)")
        return nil
    }
}
