import Foundation
import NeuralNet
import Testing

extension WeightsTests {
    @Suite struct NpyTests {
        private func golden(_ name: String) throws -> NpyFile {
            try NpyFile(path: interopFolder.appending(path: name).path)
        }

        private let values = (0..<24).map { Float($0) / 8 - 1 }

        /// A version 1.0 file with this dictionary and data.
        private func npy(_ dictionary: String, _ data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
            let length = dictionary.utf8.count
            let lengthBytes = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
            return [0x93] + Array("NUMPY".utf8) + [version, 0] + lengthBytes + Array(dictionary.utf8) + data
        }

        private func open(_ bytes: [UInt8]) throws -> NpyFile { try NpyFile(bytes: bytes, label: "test.npy") }

        @Test func readsBothOrders() throws {
            let c = try golden("float32_c.npy")
            #expect(c.shape == [2, 3, 4] && c.dtype == .float32 && !c.isFortranOrder)
            #expect(try c.floats() == values)
            let fortran = try golden("float32_fortran.npy")
            #expect(fortran.shape == [2, 3, 4] && fortran.isFortranOrder)
            #expect(try fortran.floats() == values)
            let integers = try golden("int16_fortran.npy")
            #expect(integers.isFortranOrder)
            #expect(try integers.integers() == [-3, -2, -1, 0, 1, 2])
            #expect(try integers.floats() == [-3, -2, -1, 0, 1, 2])
        }

        @Test func readsEveryElementType() throws {
            #expect(try golden("uint8.npy").floats() == [0, 1, 255])
            #expect(try golden("uint8.npy").shape == [1, 3])
            #expect(try golden("bool.npy").integers() == [1, 0])
            #expect(try golden("bool.npy").floats() == [1, 0])
            #expect(try golden("int32.npy").integers() == [-2_147_483_648, 16_777_217])
            #expect(try golden("int64.npy").integers() == [9_007_199_254_740_993])
            #expect(try golden("float64_scalar.npy").floats() == [-0.75])
            #expect(try golden("float64_scalar.npy").shape == [])
            #expect(try golden("empty.npy").floats() == [])
            #expect(try golden("empty.npy").shape == [3, 0])
            let halves = try golden("float16.npy").floats()
            #expect(halves[2] == 5.960464477539063e-08 && halves[7] == 65504 && halves[9] == -.infinity)
            #expect(halves[10].isNaN)
            for descriptor in ["|i1", "<u2", "<u4", "<u8"] {
                let width = Int(String(descriptor.last!))!
                let file = try open(
                    npy(
                        "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (1,), }\n",
                        [5] + [UInt8](repeating: 0, count: width - 1)))
                #expect(try file.floats() == [5])
            }
        }

        @Test func readsEveryVersion() throws {
            #expect(try golden("version2.npy").floats() == Array(values[..<12]))
            #expect(try golden("version3.npy").floats() == Array(values[..<12]))
            expectError(.unsupported, "4.0") {
                try open(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", [1], version: 4))
            }
        }

        @Test func integersThatFloatsCannotHoldAreRefused() throws {
            expectError(.unsupported, "element 1") { try golden("int32.npy").floats() }
            expectError(.unsupported, "element 0") { try golden("int64.npy").floats() }
            expectError(.unsupported, "F32") { try golden("float32_c.npy").integers() }
        }

        @Test func whatIsWrittenIsNumPysBytes() throws {
            try withTemporaryFolder { folder in
                let path = folder.appending(path: "out.npy").path
                try NpyFile.write(values, shape: [2, 3, 4], to: path)
                let numpys = try Data(contentsOf: interopFolder.appending(path: "float32_c.npy"))
                #expect(try Data(contentsOf: URL(filePath: path)) == numpys)
                try NpyFile.write([0, 1, 255] as [UInt8], shape: [1, 3], to: path)
                let bytes = try Data(contentsOf: interopFolder.appending(path: "uint8.npy"))
                #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
            }
        }

        @Test func whatIsWrittenIsRead() throws {
            try withTemporaryFolder { folder in
                let path = folder.appending(path: "out.npy").path
                let special: [Float] = [.nan, .infinity, -0.0, .leastNonzeroMagnitude]
                for shape in [[4], [2, 2], [1, 4, 1], [4, 1]] {
                    try NpyFile.write(special, shape: shape, to: path)
                    let file = try NpyFile(path: path, loading: .copied)
                    #expect(file.shape == shape)
                    #expect(try file.floats().map(\.bitPattern) == special.map(\.bitPattern))
                }
                // The longest header there is: 64 dimensions.
                let deep = [Int](repeating: 1, count: 64)
                try NpyFile.write([1] as [Float], shape: deep, to: path)
                #expect(try NpyFile(path: path).shape == deep)
                try NpyFile.write([] as [UInt8], shape: [0, .max], to: path)
                #expect(try NpyFile(path: path).shape == [0, .max])
            }
        }

        @Test func wrongShapesAreNotWritten() throws {
            try withTemporaryFolder { folder in
                let path = folder.appending(path: "out.npy").path
                for shape in [[2], [], [-1], [.max, 3], [Int](repeating: 1, count: 65)] {
                    expectError(.shapeMismatch) { try NpyFile.write([1, 2, 3] as [Float], shape: shape, to: path) }
                }
                expectError(.fileAccess, "No such file") {
                    try NpyFile.write([1] as [Float], shape: [1], to: folder.path + "/missing/out.npy")
                }
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(left == [])
            }
        }

        @Test func everyTruncationIsMalformed() throws {
            let bytes = try Array(Data(contentsOf: interopFolder.appending(path: "float32_c.npy")))
            for length in 0..<bytes.count {
                expectError(.malformedFile) { try open(Array(bytes.prefix(length))) }
            }
            expectError(.malformedFile, "needs 96 bytes, but 97") { try open(bytes + [0]) }
        }

        private static let violations: [(NeuralNetError.Code, String, String)] = [
            (.unsupported, "{'descr': '|O', 'fortran_order': False, 'shape': (), }", "|O"),
            (.unsupported, "{'descr': '>f4', 'fortran_order': False, 'shape': (), }", ">f4"),
            (.unsupported, "{'descr': '<c8', 'fortran_order': False, 'shape': (), }", "<c8"),
            (.unsupported, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (), }", "structures"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': 0, 'shape': (), }", "True or False"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': 1, }", "expected"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': (1), }", "tuple"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }", "non-negative"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': (01,), }", "non-negative"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': (1.0,), }", "expected"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': (9223372036854775808,), }", "non-neg"),
            (
                .malformedFile, "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }",
                "impossible"
            ),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "needs 2 bytes, but 1"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, }", "expected the keys"),
            (.malformedFile, "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (), }", "twice"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': (), 'x': 1}", "unknown"),
            (.malformedFile, "{'descr': '|u1', 'fortran_order': False, 'shape': (), } x", "end of the header"),
            (.malformedFile, "{'descr': '|u1", "does not end"), (.malformedFile, "{'\\x41': 1}", "ASCII"),
            (.malformedFile, "{'\u{e9}': 1}", "ASCII"), (.malformedFile, "__import__('os')", "expected"),
            (.malformedFile, "", "expected"),
            (
                .malformedFile,
                "{'descr': '|u1', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 65))), }",
                "more than 64"
            ),
        ]

        @Test func everyViolationIsNamed() {
            for (code, dictionary, fragment) in NpyTests.violations {
                expectError(code, fragment) { try open(npy(dictionary, [1])) }
            }
            expectError(.malformedFile, "NUMPY") { try open([UInt8](repeating: 0, count: 100)) }
            // A long header of version 2.0 with 4 GiB claimed, and one above the limit that is really there.
            let claim: [UInt8] = [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255]
            expectError(.malformedFile, "4294967295") { try open(claim + [UInt8](repeating: 32, count: 100)) }
            expectError(.malformedFile, "65536") { try open(npy(String(repeating: " ", count: 65536), version: 2)) }
            expectError(.malformedFile, "expected") { try open(npy(String(repeating: "(", count: 65535), version: 2)) }
        }

        @Test func whatIsNotAFileIsRefused() throws {
            try withTemporaryFolder { folder in
                expectError(.fileAccess, "a folder") { try NpyFile(path: folder.path) }
                expectError(.fileAccess, "No such file") { try NpyFile(path: folder.path + "/missing.npy") }
                let values = folder.appending(path: "large.npy").path
                try NpyFile.write([UInt8](repeating: 1, count: 1000), shape: [1000], to: values)
                expectError(.outOfMemory, "at most 999") { try NpyFile(path: values, maximumBytes: 999) }
            }
        }
    }
}
