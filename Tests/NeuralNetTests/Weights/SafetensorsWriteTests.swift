import Foundation
import NeuralNet
import Testing

extension WeightsTests {
    @Suite struct SafetensorsWriteTests {
        private func written(_ writer: SafetensorsWriter) throws -> [UInt8] {
            try withTemporaryFolder { folder in
                let url = folder.appending(path: "out.safetensors")
                try writer.write(to: url.path)
                return try Array(Data(contentsOf: url))
            }
        }

        @Test func whatIsWrittenIsRead() throws {
            let weights: [Float] = [1, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -1.1, 3]
            var writer = SafetensorsWriter(metadata: ["k\n\u{0}\u{7f}": "\"\\ 肺 🫁", "": ""])
            try writer.add("z.weight", shape: [2, 3], floats: weights)
            try writer.add("a \"quoted\" \\ \u{1}", shape: [], floats: [7])
            try writer.add("steps", shape: [], integers: [.min])
            try writer.add("empty", shape: [0, 5], floats: [])
            let file = try open(written(writer))
            #expect(file.names == ["z.weight", "a \"quoted\" \\ \u{1}", "steps", "empty"])
            #expect(file.metadata == ["k\n\u{0}\u{7f}": "\"\\ 肺 🫁", "": ""])
            #expect(try file.floats("z.weight").map(\.bitPattern) == weights.map(\.bitPattern))
            #expect(try file.entry("z.weight") == SafetensorsFile.Entry(dtype: .float32, shape: [2, 3]))
            #expect(try file.floats("a \"quoted\" \\ \u{1}") == [7])
            #expect(try file.integers("steps") == [.min])
            #expect(try file.entry("empty").shape == [0, 5])
        }

        @Test func theBytesAreThese() throws {
            var writer = SafetensorsWriter(metadata: ["b": "2", "a": "1"])
            try writer.add("w", shape: [1], floats: [1])
            try writer.add("n", shape: [], integers: [2])
            let header =
                #"{"__metadata__":{"a":"1","b":"2"},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"#
                + #""n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}"#
            let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
            #expect(try written(writer) == safetensors(padded, data: bytes([Int64(2)]) + bytes([Float(1)])))
            #expect(try written(writer) == written(writer))
        }

        /// PyTorch views tensors in place, so each must be aligned to its element wherever it was added.
        @Test func dataIsAlignedWhateverTheOrder() throws {
            for nameLength in 1...8 {
                var writer = SafetensorsWriter(storage: .float16)
                try writer.add(String(repeating: "h", count: nameLength), shape: [3], floats: [1, 2, 3])
                try writer.add("f", shape: [1], floats: [4], storage: .float32)
                try writer.add("i", shape: [1], integers: [5])
                let file = try written(writer)
                let headerLength = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                #expect(headerLength % 8 == 0)
                let data = file[(8 + headerLength)...]
                #expect(Array(data) == bytes([Int64(5)]) + bytes([Float(4)]) + bytes([UInt16(0x3c00), 0x4000, 0x4200]))
            }
        }

        @Test func halfStorageRoundsToNearestEven() throws {
            // 2049 lies halfway between 2048 and 2050, 2051 between 2050 and 2052; 65519 rounds down to the largest.
            let values: [Float] = [2049, 2051, 0.1, 65519, -65519, 1e-8, 3e-8, 6e-8]
            var writer = SafetensorsWriter(storage: .float16)
            try writer.add("w", shape: [8], floats: values)
            let file = try open(written(writer))
            #expect(try file.entry("w").dtype == .float16)
            #expect(
                try file.floats("w") == [
                    2048, 2052, 0.0999755859375, 65504, -65504, 0, 5.960464477539063e-08, 5.960464477539063e-08,
                ])
        }

        @Test func manyHalvesAreWrittenInPieces() throws {
            let values = (0..<200_001).map { Float($0 % 2048) }
            var writer = SafetensorsWriter(storage: .float16)
            try writer.add("w", shape: [values.count], floats: values)
            #expect(try open(written(writer)).floats("w") == values)
        }

        @Test(arguments: [65520, -65520, 65536, -1e10, .greatestFiniteMagnitude] as [Float])
        func valuesBeyondHalfAreRefused(value: Float) throws {
            for allowsNonFinite in [false, true] {
                var writer = SafetensorsWriter(storage: .float16, allowsNonFinite: allowsNonFinite)
                expectError(.invalidArgument, "\"w\"", "\(value)", "element 2") {
                    try writer.add("w", shape: [3], floats: [0, 1, value])
                }
                try writer.add("w", shape: [1], floats: [value], storage: .float32)
            }
        }

        @Test(arguments: [.nan, .infinity, -.infinity, .signalingNaN] as [Float])
        func nonFiniteValuesAreRefusedUnlessAllowed(value: Float) throws {
            for storage in [SafetensorsWriter.FloatStorage.float32, .float16] {
                var strict = SafetensorsWriter(storage: storage)
                expectError(.notFinite, "\"w\"", "element 1") { try strict.add("w", shape: [2], floats: [0, value]) }
                var lenient = SafetensorsWriter(storage: storage, allowsNonFinite: true)
                try lenient.add("w", shape: [2], floats: [0, value])
                let read = try open(written(lenient)).floats("w")[1]
                #expect(read == value || read.isNaN && value.isNaN)
            }
        }

        @Test func wrongArgumentsAreRefused() throws {
            var writer = SafetensorsWriter()
            try writer.add("w", shape: [1], floats: [1])
            expectError(.invalidArgument, "\"w\"", "twice") { try writer.add("w", shape: [1], floats: [1]) }
            expectError(.invalidArgument, "\"w\"", "twice") { try writer.add("w", shape: [1], integers: [1]) }
            expectError(.invalidArgument, "reserves") { try writer.add("__metadata__", shape: [1], floats: [1]) }
            expectError(.shapeMismatch, "\"v\"", "needs 6", "has 5") {
                try writer.add("v", shape: [2, 3], floats: [1, 2, 3, 4, 5])
            }
            expectError(.shapeMismatch, "impossible") { try writer.add("v", shape: [-1, -1], floats: [1]) }
            expectError(.shapeMismatch, "impossible") { try writer.add("v", shape: [.max, .max], floats: [1]) }
            expectError(.shapeMismatch, "impossible") {
                try writer.add("v", shape: [Int](repeating: 1, count: 65), integers: [1])
            }
            #expect(try open(written(writer)).names == ["w"])
        }

        @Test func tooManyTensorsAreRefused() throws {
            var writer = SafetensorsWriter()
            for index in 0..<65_536 { try writer.add("\(index)", shape: [0], floats: []) }
            expectError(.invalidArgument, "\"one more\"", "65536") {
                try writer.add("one more", shape: [0], floats: [])
            }
            #expect(try open(written(writer)).names.count == 65_536)
            let metadata = Dictionary(uniqueKeysWithValues: (0...65_536).map { ("\($0)", "") })
            expectError(.invalidArgument, "65537 metadata") { try written(SafetensorsWriter(metadata: metadata)) }
        }

        @Test func aHeaderBeyondTheFormatsLimitIsRefused() throws {
            let note = String(decoding: [UInt8](repeating: UInt8(ascii: "x"), count: 100_000_001), as: UTF8.self)
            let writer = SafetensorsWriter(metadata: ["k": note])
            try withTemporaryFolder { folder in
                expectError(.invalidArgument, "100000000") { try writer.write(to: folder.path + "/f") }
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(left == [])
            }
        }
    }
}
