import Foundation
import NeuralNet
import Testing

#if canImport(Glibc)
    import Glibc
#endif

extension WeightsTests {
    /// Files that are broken on purpose; each must give the typed error that says what is wrong.
    @Suite struct SafetensorsHostileTests {
        private static let valid = safetensors(
            #"{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
                + #""y":{"dtype":"F16","shape":[1],"data_offsets":[8,10]}}"#,
            data: bytes([Float(1), 2]) + bytes([UInt16(0x3c00)]))

        @Test func everyTruncationIsMalformed() throws {
            #expect(try open(SafetensorsHostileTests.valid).names == ["x", "y"])
            for length in 0..<SafetensorsHostileTests.valid.count {
                expectError(.malformedFile) { try open(Array(SafetensorsHostileTests.valid.prefix(length))) }
            }
        }

        @Test(arguments: [FileLoading.mapped, .copied])
        func everyTruncationOfAFileIsMalformed(loading: FileLoading) throws {
            try withTemporaryFolder { folder in
                let url = folder.appending(path: "short.safetensors")
                for length in 0..<SafetensorsHostileTests.valid.count {
                    try Data(SafetensorsHostileTests.valid.prefix(length)).write(to: url)
                    expectError(.malformedFile) { try SafetensorsFile(path: url.path, loading: loading) }
                }
            }
        }

        @Test func trailingGarbageIsMalformed() {
            expectError(.malformedFile, "end at byte") { try open(SafetensorsHostileTests.valid + [0]) }
            expectError(.malformedFile, "end of the header") { try open(safetensors("{} x")) }
            expectError(.malformedFile, "end of the header") { try open(safetensors("{}{}")) }
        }

        @Test(arguments: [UInt64(1) << 63, .max, 1 << 32, 100_000_001, 3, 0])
        func aWrongHeaderLengthIsMalformed(length: UInt64) {
            expectError(.malformedFile, "header") { try open(safetensors("{}", length: length)) }
        }

        /// Header text, data bytes, and a fragment of the sentence that must name the violation.
        private static let violations: [(String, Int, String)] = [
            // Ranges.
            (
                #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
                6, #"Tensor "b" overlaps"#
            ),
            (
                #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
                4, "overlaps"
            ),
            (
                #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}"#,
                9, #"Tensor "b" leaves a gap"#
            ),
            (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}"#, 5, #"Tensor "a" leaves a gap"#),
            (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, 3, #"Tensor "a" claims bytes 0 to 4"#),
            (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, 5, "end at byte"),
            (
                #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}"#, 1,
                #"Tensor "a" claims"#
            ),
            (#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[4,0]}}"#, 4, #"Tensor "a" claims"#),
            (#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}"#, 2, "gap"),
            // Sizes.
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "needs 8 bytes, but has 4"),
            (#"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,4]}}"#, 4, "needs 8 bytes, but has 4"),
            (#"{"a":{"dtype":"F16","shape":[],"data_offsets":[0,4]}}"#, 4, "needs 2 bytes, but has 4"),
            (#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, 2, "impossible shape"),
            (
                #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0, "impossible shape"
            ),
            (#"{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,0]}}"#, 0, "impossible shape"),
            (
                #"{"a":{"dtype":"U8","shape":[\#(Array(repeating: "1", count: 65).joined(separator: ","))],"#, 0,
                "at most 64"
            ),
            // Numbers.
            (#"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}"#, 0, "non-negative integer"),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}"#, 0, "non-negative integer"),
            (#"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, 1, "expected"),
            (#"{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}"#, 1, "expected"),
            (#"{"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}"#, 1, "starts with a zero"),
            (#"{"a":{"dtype":"U8","shape":[NaN],"data_offsets":[0,1]}}"#, 1, "non-negative integer"),
            (#"{"a":{"dtype":"U8","shape":[Infinity],"data_offsets":[0,1]}}"#, 1, "non-negative integer"),
            (#"{"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]}}"#, 1, "too large"),
            (#"{"a":{"dtype":"U8","shape":[99999999999999999999999],"data_offsets":[0,1]}}"#, 1, "too large"),
            (#"{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}"#, 1, "non-negative integer"),
            // Keys.
            (
                #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
                2, #"tensor "a" occurs twice"#
            ),
            (#"{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}"#, 1, "shape occurs twice"),
            (#"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, "dtype occurs twice"),
            (
                #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"data_offsets":[0,1]}}"#, 1,
                "data_offsets occurs twice"
            ),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}"#, 1, #"unknown key "x""#),
            (#"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, 1, "needs a dtype"),
            (#"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, 1, "needs a dtype"),
            (#"{"a":{"dtype":"U8","shape":[1]}}"#, 1, "needs a dtype"),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}"#, 1, "two data_offsets"),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}"#, 1, "at most 2"),
            (#"{"__metadata__":{"k":"1"},"__metadata__":{"k":"2"}}"#, 0, "__metadata__ occurs twice"),
            (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, #"metadata "k" occurs twice"#),
            (#"{"__metadata__":{"k":1}}"#, 0, "expected"),
            (#"{"__metadata__":{"k":{"k":"1"}}}"#, 0, "expected"),
            (#"{"__metadata__":null}"#, 0, "expected"),
            // Syntax.
            ("", 0, "expected"), (" {}", 0, "expected"), ("[]", 0, "expected"), ("{", 0, "expected"),
            ("{,}", 0, "expected"), (#"{"a"}"#, 0, "expected"), (#"{"a":}"#, 0, "expected"),
            (#"{"__metadata__":{},}"#, 0, "expected"), (#"{"__metadata__":{"a":"b",}}"#, 0, "expected"),
            (#"{'__metadata__':{}}"#, 0, "expected"), (#"{"a":null}"#, 0, "expected"), (#"{"a":[]}"#, 0, "expected"),
            (#"{"a":{"dtype":8,"shape":[1],"data_offsets":[0,1]}}"#, 1, "expected"),
            (#"{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}"#, 1, "expected"),
            (#"{"a":{"dtype":"U8","shape":[1,],"data_offsets":[0,1]}}"#, 1, "non-negative integer"),
            // Strings.
            (#"{"\x":1}"#, 0, "unknown escape"), (#"{"\u12g4":1}"#, 0, "hexadecimal"),
            (#"{"\ud800":1}"#, 0, "surrogate"), (#"{"\udc00":1}"#, 0, "surrogate"),
            (#"{"\ud800\u0041":1}"#, 0, "surrogate"), (#"{"\ud800\ud800":1}"#, 0, "surrogate"),
            ("{\"a\nb\":1}", 0, "control character"), ("{\"abc", 0, "its end"), (#"{"\"#, 0, "ends inside"),
            (#"{"\u00"#, 0, "hexadecimal"),
        ]

        @Test func everyViolationIsNamed() {
            for (header, dataCount, fragment) in SafetensorsHostileTests.violations {
                let file = safetensors(header, data: [UInt8](repeating: 0, count: dataCount))
                expectError(.malformedFile, fragment) { try open(file) }
            }
        }

        @Test func anUnknownDtypeIsUnsupported() {
            expectError(.unsupported, "\"t\"", "\"Q8\"") { try open(oneTensor("Q8", [1], [0])) }
        }

        /// Depth must cost no stack: these would overflow a recursive parser.
        @Test func deepNestingIsMalformed() {
            for opening in ["[", "{\"a\":"] {
                let deep = String(repeating: opening, count: 2_000_000)
                expectError(.malformedFile) { try open(safetensors(deep)) }
                expectError(.malformedFile) { try open(safetensors("{\"a\":" + deep)) }
                expectError(.malformedFile) { try open(safetensors("{\"a\":{\"shape\":" + deep)) }
                expectError(.malformedFile) { try open(safetensors("{\"__metadata__\":{\"a\":" + deep)) }
            }
        }

        @Test(
            arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe4, 0xbd]] as [[UInt8]])
        func invalidUTF8IsMalformed(sequence: [UInt8]) {
            let header =
                Array("{\"".utf8) + sequence + Array(#"":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#.utf8)
            expectError(.malformedFile, "UTF-8") { try open(safetensors(header, data: [0])) }
            expectError(.malformedFile) { try open(safetensors(Array("{}".utf8) + sequence)) }
        }

        @Test func canonicallyEqualNamesAreDuplicates() {
            let entry = #"{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#
            expectError(.malformedFile, "occurs twice") {
                try open(safetensors(#"{"\u00e9":\#(entry),"e\u0301":\#(entry)}"#))
            }
        }

        @Test func namesInMessagesAreCutAndEscaped() {
            let name = "\u{1b}[31m\u{202e}" + String(repeating: "x", count: 10_000)
            let header = #"{"\u001b[31m\u202e\#(String(repeating: "x", count: 10_000))":{"dtype":"U8"}}"#
            let error = #expect(throws: NeuralNetError.self) { try open(safetensors(header)) }
            #expect(name.count > 10_000)
            #expect(error.map { $0.message.count < 300 } == true)
            #expect(error.map { $0.message.unicodeScalars.allSatisfy { $0 != "\u{1b}" && $0 != "\u{202e}" } } == true)
        }

        @Test func tooManyEntriesAreUnsupported() throws {
            func header(tensors: Int, metadata: Int) -> [UInt8] {
                let entry = #"{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#
                let metadata = (0..<metadata).map { #""\#($0)":"""# }.joined(separator: ",")
                let tensors = (0..<tensors).map { #","\#($0)":\#(entry)"# }.joined()
                return safetensors(#"{"__metadata__":{\#(metadata)}\#(tensors)}"#)
            }
            let largest = try open(header(tensors: 65_536, metadata: 65_536))
            #expect(largest.names.count == 65_536 && largest.metadata.count == 65_536)
            expectError(.unsupported, "65536 tensors") { try open(header(tensors: 65_537, metadata: 0)) }
            expectError(.unsupported, "65536 metadata") { try open(header(tensors: 0, metadata: 65_537)) }
        }

        @Test(arguments: [FileLoading.mapped, .copied])
        func whatIsNotAReadableFileIsRefused(loading: FileLoading) throws {
            try withTemporaryFolder { folder in
                func attempt(_ path: String) throws -> SafetensorsFile {
                    try SafetensorsFile(path: path, loading: loading)
                }
                expectError(.fileAccess, "No such file") { try attempt(folder.appending(path: "missing").path) }
                expectError(.fileAccess, "a folder") { try attempt(folder.path) }
                expectError(.fileAccess, "NUL") { try attempt(folder.path + "\0") }
                expectError(.fileAccess, "empty") { try attempt("") }
                expectError(.fileAccess, "device, pipe or socket") { try attempt("/dev/zero") }
                let pipe = folder.appending(path: "pipe").path
                #expect(mkfifo(pipe, 0o600) == 0)
                expectError(.fileAccess, "device, pipe or socket") { try attempt(pipe) }
                let loop = folder.appending(path: "loop")
                try FileManager.default.createSymbolicLink(at: loop, withDestinationURL: loop)
                expectError(.fileAccess) { try attempt(loop.path) }
                let empty = folder.appending(path: "empty")
                try Data().write(to: empty)
                expectError(.malformedFile, "at least 8 bytes") { try attempt(empty.path) }
            }
        }

        @Test func anUnreadableFileIsRefused() throws {
            try withTemporaryFolder { folder in
                let path = folder.appending(path: "secret.safetensors").path
                #expect(FileManager.default.createFile(atPath: path, contents: Data(SafetensorsHostileTests.valid)))
                #expect(chmod(path, 0) == 0)
                // The superuser may read everything; as another user, for this thread only, it may not. The module
                // map of the C library leaves setfsuid(2) out.
                typealias SetUser = @convention(c) (uid_t) -> CInt
                let setUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetUser.self)
                let isSuperuser = geteuid() == 0
                if isSuperuser { _ = setUser(65534) }
                defer { if isSuperuser { _ = setUser(0) } }
                expectError(.fileAccess, "Permission denied") { try SafetensorsFile(path: path) }
            }
        }

        /// A sparse file of a terabyte with a valid header costs nothing to make and must cost nothing to refuse.
        @Test(arguments: [FileLoading.mapped, .copied])
        func aFileBeyondTheAllowedSizeIsRefused(loading: FileLoading) throws {
            try withTemporaryFolder { folder in
                let path = folder.appending(path: "sparse.safetensors").path
                let data = 1 << 40
                let header = #"{"t":{"dtype":"U8","shape":[\#(data)],"data_offsets":[0,\#(data)]}}"#
                #expect(FileManager.default.createFile(atPath: path, contents: Data(safetensors(header))))
                #expect(truncate(path, 8 + header.utf8.count + data) == 0)
                expectError(.outOfMemory, "allowed") { try SafetensorsFile(path: path, loading: loading) }
                if loading == .mapped {
                    let file = try SafetensorsFile(path: path, loading: .mapped, maximumBytes: .max)
                    #expect(try file.entry("t").shape == [data])
                }
            }
        }
    }
}
