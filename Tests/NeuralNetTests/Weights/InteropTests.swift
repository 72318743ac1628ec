import Foundation
import NeuralNet
import Testing

extension WeightsTests {
    /// What this package writes, read by Python's `safetensors` and NumPy.
    @Suite struct InteropTests {
        @Test(
            .enabled(
                if: ProcessInfo.processInfo.environment["LUNGTRIAGE_PYTHON"] != nil,
                "set LUNGTRIAGE_PYTHON to a Python that has numpy and safetensors"))
        func pythonReadsWhatSwiftWrites() throws {
            let python = try #require(ProcessInfo.processInfo.environment["LUNGTRIAGE_PYTHON"])
            try withTemporaryFolder { folder in
                try writeSafetensors(to: folder.appending(path: "swift.safetensors").path)
                try NpyFile.write(
                    (0..<6).map { Float($0) / 4 }, shape: [1, 2, 3], to: folder.appending(path: "float32.npy").path)
                try NpyFile.write([0, 128, 255] as [UInt8], shape: [3], to: folder.appending(path: "uint8.npy").path)
                try NpyFile.write([2.5] as [Float], shape: [], to: folder.appending(path: "scalar.npy").path)
                try writeAcceptedMutations(to: folder)
                let (status, output) = try run(
                    python, [interopFolder.appending(path: "check_interop.py").path, folder.path])
                #expect(status == 0 && output.contains("interop ok"), "\(output)")
            }
        }

        private func writeSafetensors(to path: String) throws {
            var writer = SafetensorsWriter(metadata: ["architecture": "unet", "note": "a \"b\" \\ ö"])
            try writer.add("half", shape: [5], floats: [1, 65504, 6e-8, -1 / 3, 1e-9], storage: .float16)
            try writer.add("encoder.0.conv1.weight", shape: [2, 3, 2, 1], floats: (0..<12).map { Float($0) / 8 - 1 })
            try writer.add("encoder.0.norm1.num_batches_tracked", shape: [], integers: [77])
            try writer.add("ä\"\\\n", shape: [1], floats: [3])
            try writer.add("empty", shape: [0, 4], floats: [])
            try writer.write(to: path)
        }

        /// Random changes of valid files that this package accepts; the reference implementation must accept them too.
        private func writeAcceptedMutations(to folder: URL) throws {
            let originals = try Fuzzing.safetensorsOriginals()
            let seed: UInt64 = 8
            var generator = SeededGenerator(seed: seed)
            for round in 0..<3000 {
                let bytes = Fuzzing.mutatedSafetensors(originals.randomElement(using: &generator)!, &generator)
                if (try? open(bytes)) != nil {
                    try Data(bytes).write(to: folder.appending(path: "accepted-\(seed)-\(round).safetensors"))
                }
            }
        }

        private func run(_ executable: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: executable)
            process.arguments = arguments
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        }
    }
}
