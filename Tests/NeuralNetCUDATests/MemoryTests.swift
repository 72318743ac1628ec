import CUDARuntime
import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import TestSupport
import Testing

@Suite("Device memory and transfers")
struct MemoryTests {
    @Test func newMemoryIsZero() throws {
        try withStandIn { backend, _ in
            let slice = try backend.scratch(4096)
            #expect(try backend.floats(slice).allSatisfy { $0 == 0 })
        }
    }

    /// More than the pinned blocks hold, and the source changes as soon as the call returns.
    @Test func longTransfersPassThroughAllBlocks() throws {
        try withStandIn { backend, _ in
            let count = 6 * TransferStaging.pieceBytes / 4 + 5
            let values = (0..<count).map { Float($0) }
            let slice = try backend.scratch(count * 4)
            var source = values
            source.withUnsafeBytes { backend.upload($0, to: slice) }
            for index in source.indices { source[index] = -1 }
            #expect(try backend.floats(slice) == values)
        }
    }

    @Test("Activations are rounded on the way in", arguments: ElementType.allCases)
    func activations(element: ElementType) throws {
        try withStandIn(element) { backend, _ in
            let shape = try Shape(n: 2, h: 700, w: 800, c: 3)
            let values = (0..<shape.count).map { Float($0 % 1999) / 7 - 100 }
            let view = try backend.view(shape)
            values.withUnsafeBufferPointer { backend.upload($0, to: view) }
            var back = [Float](repeating: 0, count: shape.count)
            try back.withUnsafeMutableBufferPointer { try backend.download(view, to: $0) }
            #expect(back == values.map { element.rounded($0) })
        }
    }

    @Test func memoryThatIsNotThere() throws {
        try withStandIn { backend, libraries in
            let available = backend.availableBytes()
            #expect(available > 0)
            #expect(throwsCode(.outOfMemory) { _ = try backend.allocate(bytes: available + 1) })
            libraries.fail("cuMemAlloc_v2", result: 2)
            #expect(throwsCode(.outOfMemory) { _ = try backend.allocate(bytes: 16) })
            _ = try backend.allocate(bytes: 16)
        }
    }

    @Test func theFirstFailureIsToldOnce() throws {
        try withStandIn { backend, libraries in
            let slice = try backend.slice([1, 2, 3, 4])
            try backend.synchronize()
            libraries.fail("cuLaunchKernel", result: 719)
            backend.cast(slice.address, .float32, to: slice.address, .float32, count: 4)
            libraries.fail("cuMemcpyHtoDAsync_v2", result: 1)
            [Float(9)].withUnsafeBytes { backend.upload($0, to: slice.part(0, 4)) }
            do throws(NeuralNetError) {
                try backend.synchronize()
                Issue.record("Nothing was thrown.")
            } catch {
                #expect(error.code == .device)
                #expect(error.operation == "cast_float32_float32")
            }
            try backend.synchronize()
            #expect(try backend.floats(slice) == [1, 2, 3, 4])
        }
    }

    @Test func aDownloadTellsOfAFailure() throws {
        try withStandIn { backend, libraries in
            let slice = try backend.slice([1, 2])
            libraries.fail("cuMemcpyDtoHAsync_v2", result: 719)
            #expect(throwsCode(.device) { _ = try backend.floats(slice) })
            #expect(try backend.floats(slice) == [1, 2])
        }
    }

    private func throwsCode(_ code: NeuralNetError.Code, _ body: () throws -> Void) -> Bool {
        do {
            try body()
            return false
        } catch {
            return (error as? NeuralNetError)?.code == code
        }
    }
}

@Suite("Recorded work")
struct RecordingTests {
    @Test func isDoneWhenItIsReplayed() throws {
        try withStandIn { backend, libraries in
            let from = try backend.slice([1, 2, 3])
            let to = try backend.slice([0, 0, 0])
            let recording = try #require(
                backend.record { backend.cast(from.address, .float32, to: to.address, .float32, count: 3) })
            #expect(try backend.floats(to) == [0, 0, 0])
            backend.replay(recording)
            #expect(try backend.floats(to) == [1, 2, 3])
            [Float(5), 6, 7].withUnsafeBytes { backend.upload($0, to: from) }
            backend.replay(recording)
            #expect(try backend.floats(to) == [5, 6, 7])
            #expect(libraries.calls("cuGraphLaunch") == 2)
        }
    }

    @Test(
        "Work that cannot be recorded leaves no trace",
        arguments: [
            ("cuStreamBeginCapture_v2", 900), ("cuStreamEndCapture", 901), ("cuGraphInstantiateWithFlags", 1),
            ("cuLaunchKernel", 900),
        ])
    func refused(function: String, result: Int) throws {
        try withStandIn { backend, libraries in
            let from = try backend.slice([1, 2, 3])
            let to = try backend.slice([0, 0, 0])
            func work() { backend.cast(from.address, .float32, to: to.address, .float32, count: 3) }
            work()
            try backend.synchronize()
            [Float(0), 0, 0].withUnsafeBytes { backend.upload($0, to: to) }
            libraries.fail(function, result: result)
            #expect(backend.record(work) == nil)
            #expect(try backend.floats(to) == [0, 0, 0])
            work()
            #expect(try backend.floats(to) == [1, 2, 3])
        }
    }

    @Test func anEarlierFailureIsStillTold() throws {
        try withStandIn { backend, libraries in
            let slice = try backend.slice([1])
            func work() { backend.cast(slice.address, .float32, to: slice.address, .float32, count: 1) }
            work()
            libraries.fail("cuLaunchKernel", result: 719)
            work()
            _ = backend.record(work)
            #expect(throws: NeuralNetError.self) { try backend.synchronize() }
        }
    }
}
