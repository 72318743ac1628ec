import Foundation
import NeuralNet
import Testing

extension WeightsTests {
    @Suite struct SafetensorsReadTests {
        private let halfBits: [UInt16] = [
            0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x3555,
        ]

        /// The file that Python's safetensors package wrote, opened in both ways.
        @Test(arguments: [FileLoading.mapped, .copied])
        func readsWhatPyTorchSaved(loading: FileLoading) throws {
            let file = try SafetensorsFile(
                path: interopFolder.appending(path: "torch.safetensors").path, loading: loading)
            #expect(file.names.count == 11)
            #expect(
                file.metadata == ["format": "pt", "note": "quote \" backslash \\ tab \t Lungenödem 肺 🫁"])
            #expect(
                try file.entry("encoder.0.conv1.weight")
                    == SafetensorsFile.Entry(dtype: .float32, shape: [2, 3, 2, 2]))
            #expect(try file.floats("encoder.0.conv1.weight") == (0..<24).map { Float($0) / 4 - 2 })
            #expect(try file.entry("encoder.0.norm1.num_batches_tracked").shape == [])
            #expect(try file.integers("encoder.0.norm1.num_batches_tracked") == [1_234_567_890_123])
            #expect(
                try file.floats("encoder.0.norm1.running_var")
                    == [0.5, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
            #expect(try file.floats("double") == [0.1, -0.0, 2])
            #expect(
                try file.floats("bfloat").map(\.bitPattern) == [0x3f80_0000, 0xc020_0000, 0x7f7f_0000, 0x0001_0000])
            #expect(try file.integers("bytes") == [0, 7, 255])
            #expect(try file.integers("mask") == [1, 0, 1])
            #expect(try file.integers("int16") == [-32768, 32767])
            #expect(try file.integers("int32") == [-2_147_483_648, 2_147_483_647])
            #expect(try file.floats("empty") == [])
            #expect(try file.entry("empty").shape == [0, 3])
            let halves = try file.floats("half")
            #expect(halves.count == halfBits.count)
            for (value, bits) in zip(halves, halfBits) {
                let expected = Float(Float16(bitPattern: bits))
                #expect(value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN)
            }
        }

        @Test func anEmptyObjectIsAFileWithoutTensors() throws {
            let file = try open(safetensors("{}"))
            #expect(file.names.isEmpty && file.metadata.isEmpty)
        }

        @Test func namesKeepTheHeadersOrderWhereverTheDataLies() throws {
            let file = try open(
                safetensors(
                    """
                    {"z":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},
                     "a":{"shape":[1],"data_offsets":[0,1],"dtype":"U8"}}  \n
                    """, data: [10, 20]))
            #expect(file.names == ["z", "a"])
            #expect(try file.integers("z") == [20])
            #expect(try file.integers("a") == [10])
        }

        @Test func escapesInNamesAreDecoded() throws {
            let file = try open(
                safetensors(
                    #"{"\u00e4\ud83e\udec1\"\\\/\b\f\n\r\t":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#, data: [1]
                ))
            #expect(file.names == ["ä🫁\"\\/\u{8}\u{c}\n\r\t"])
        }

        @Test func unalignedDataIsRead() throws {
            let values: [Float] = [1.5, -2.25]
            let file = try open(
                safetensors(
                    #"{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
                        + #""f":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},"#
                        + #""d":{"dtype":"F64","shape":[1],"data_offsets":[9,17]}}"#,
                    data: [9] + bytes(values) + bytes([0.5])))
            #expect(try file.floats("f") == values)
            #expect(try file.floats("d") == [0.5])
        }

        @Test func everyDtypeOfTheFormatIsSizedAndItsBytesAreGiven() throws {
            for dtype in StorageDtype.allCases {
                let data = [UInt8](repeating: 0, count: 16 * dtype.bitWidth / 8)
                let file = try open(oneTensor(dtype.rawValue, [4, 4], data))
                #expect(try file.entry("t").dtype == dtype)
                #expect(try file.withBytes(of: "t") { Array($0) } == data)
                expectError(.malformedFile, "\"t\"") { try open(oneTensor(dtype.rawValue, [4, 6], data)) }
            }
        }

        @Test func conversionsThatTheDtypeDoesNotHaveAreRefused() throws {
            for dtype in StorageDtype.allCases {
                let data = [UInt8](repeating: 0, count: 16 * dtype.bitWidth / 8)
                let file = try open(oneTensor(dtype.rawValue, [16], data))
                switch dtype {
                case .float16, .bfloat16, .float32, .float64:
                    #expect(try file.floats("t") == [Float](repeating: 0, count: 16))
                    expectError(.unsupported, "\"t\"", dtype.rawValue) { try file.integers("t") }
                case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64:
                    #expect(try file.integers("t") == [Int64](repeating: 0, count: 16))
                    expectError(.unsupported, "\"t\"", dtype.rawValue) { try file.floats("t") }
                default:
                    expectError(.unsupported, "\"t\"", dtype.rawValue) { try file.floats("t") }
                    expectError(.unsupported, "\"t\"", dtype.rawValue) { try file.integers("t") }
                }
            }
        }

        @Test func valuesThatDoNotFitAreRefused() throws {
            let double = try open(oneTensor("F64", [2], bytes([Double.infinity, 1e300])))
            expectError(.notFinite, "\"t\"", "1e+300", "element 1") { try double.floats("t") }
            let infinite = try open(oneTensor("F64", [2], bytes([Double.infinity, -.infinity])))
            #expect(try infinite.floats("t") == [.infinity, -.infinity])
            let unsigned = try open(oneTensor("U64", [1], bytes([UInt64(1) << 63])))
            expectError(.unsupported, "\"t\"", "element 0") { try unsigned.integers("t") }
            let boolean = try open(oneTensor("BOOL", [2], [1, 2]))
            expectError(.malformedFile, "\"t\"", "element 1") { try boolean.integers("t") }
        }

        @Test func aMissingTensorIsNamed() throws {
            let file = try open(oneTensor("U8", [1], [0]))
            #expect(file.contains("t") && !file.contains("u"))
            expectError(.parameterMismatch, "\"u\"") { try file.entry("u") }
            expectError(.parameterMismatch, "\"u\"") { try file.floats("u") }
            expectError(.parameterMismatch, "\"u\"") { try file.integers("u") }
            expectError(.parameterMismatch, "\"u\"") { try file.withBytes(of: "u") { $0.count } }
        }

        @Test func aMappedFileOutlivesItsReplacementByRename() throws {
            try withTemporaryFolder { folder in
                let path = folder.appending(path: "model.safetensors").path
                var first = SafetensorsWriter()
                try first.add("w", shape: [3], floats: [1, 2, 3])
                try first.write(to: path)
                let file = try SafetensorsFile(path: path)
                var second = SafetensorsWriter()
                try second.add("w", shape: [1], floats: [9])
                try second.write(to: path)
                #expect(try file.floats("w") == [1, 2, 3])
                #expect(try SafetensorsFile(path: path).floats("w") == [9])
            }
        }
    }
}
