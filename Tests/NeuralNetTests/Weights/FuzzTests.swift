import Foundation
import NeuralNet
import Testing

extension WeightsTests {
    /// Valid files changed at random: each must be refused with a typed error or be a valid file whose every tensor
    /// can be asked for. A trap would end the test process; the seed repeats it.
    @Suite struct FuzzTests {
        @Test(arguments: [UInt64(1), 2, 3, 4])
        func mutatedSafetensorsAreRefusedOrValid(seed: UInt64) throws {
            let originals = try Fuzzing.safetensorsOriginals()
            var generator = SeededGenerator(seed: seed)
            var accepted = 0
            for round in 0..<5000 {
                let bytes = Fuzzing.mutatedSafetensors(originals.randomElement(using: &generator)!, &generator)
                do {
                    try Fuzzing.useEverything(open(bytes))
                    accepted += 1
                } catch let error as NeuralNetError {
                    #expect(
                        [.malformedFile, .unsupported].contains(error.code), "seed \(seed), round \(round): \(error)")
                }
            }
            print("safetensors fuzz: seed \(seed), accepted \(accepted) of 5000")
            // Otherwise the mutations never get past the first checks, or never break anything.
            #expect((50...4500).contains(accepted), "seed \(seed)")
        }

        @Test(arguments: [UInt64(5), 6])
        func mutatedArraysAreRefusedOrValid(seed: UInt64) throws {
            let originals = try Fuzzing.npyOriginals()
            var generator = SeededGenerator(seed: seed)
            var accepted = 0
            for round in 0..<5000 {
                let bytes = Fuzzing.mutatedNpy(originals.randomElement(using: &generator)!, &generator)
                do {
                    let file = try NpyFile(bytes: bytes, label: "fuzz.npy")
                    accepted += 1
                    let count = file.shape.reduce(1, *)
                    for values in [try Fuzzing.count { try file.floats() }, try Fuzzing.count { try file.integers() }] {
                        #expect(values == nil || values == count, "seed \(seed), round \(round)")
                    }
                } catch let error as NeuralNetError {
                    #expect(
                        [.malformedFile, .unsupported].contains(error.code), "seed \(seed), round \(round): \(error)")
                }
            }
            print("npy fuzz: seed \(seed), accepted \(accepted) of 5000")
            #expect((50...4500).contains(accepted), "seed \(seed)")
        }

        /// The same through files, both ways of loading, which must agree.
        @Test func mutatedFilesAreRefusedOrValidHoweverTheyAreLoaded() throws {
            let seed: UInt64 = 7
            let originals = try Fuzzing.safetensorsOriginals()
            var generator = SeededGenerator(seed: seed)
            try withTemporaryFolder { folder in
                let url = folder.appending(path: "fuzz.safetensors")
                for round in 0..<500 {
                    let bytes = Fuzzing.mutatedSafetensors(originals.randomElement(using: &generator)!, &generator)
                    try Data(bytes).write(to: url)
                    let outcomes = [FileLoading.mapped, .copied].map { loading in
                        Result { try Fuzzing.useEverything(SafetensorsFile(path: url.path, loading: loading)) }
                            .mapError { "\($0)" as Fuzzing.Description }
                    }
                    #expect("\(outcomes[0])" == "\(outcomes[1])", "seed \(seed), round \(round)")
                }
            }
        }
    }
}

/// Mutations and the use of what survives them.
enum Fuzzing {
    typealias Description = StringError

    struct StringError: Error, ExpressibleByStringInterpolation, CustomStringConvertible {
        let description: String
        init(stringLiteral value: String) { description = value }
    }

    static func safetensorsOriginals() throws -> [[UInt8]] {
        let torch = try Array(Data(contentsOf: interopFolder.appending(path: "torch.safetensors")))
        let small = safetensors(
            #"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"#
                + #""b":{"dtype":"BF16","shape":[],"data_offsets":[8,10]}}"#, data: [UInt8](repeating: 0x3f, count: 10))
        return [torch, small, oneTensor("F16", [3], [1, 2, 3, 4, 5, 6]), oneTensor("I64", [1], bytes([Int64(7)]))]
    }

    static func npyOriginals() throws -> [[UInt8]] {
        try ["float32_fortran.npy", "uint8.npy", "float64_scalar.npy", "version3.npy", "int64.npy", "bool.npy"].map {
            try Array(Data(contentsOf: interopFolder.appending(path: $0)))
        }
    }

    /// Mutates the header mostly, the data and the length field sometimes; half the time the length is made right
    /// again afterwards, so that the mutation is judged by the deeper checks.
    static func mutatedSafetensors(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        let headerEnd = 8 + original.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var header = Array(original[8..<headerEnd])
        var data = Array(original[headerEnd...])
        var length: UInt64? = Bool.random(using: &generator) ? UInt64(header.count) : nil
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0:
                length =
                    UInt64.random(in: .min ... .max, using: &generator) >> UInt64.random(in: 0..<64, using: &generator)
            case 1...3: mutate(&data, in: 0..<data.count, &generator)
            default: mutate(&header, in: 0..<header.count, &generator)
            }
        }
        return safetensors(header, data: data, length: length)
    }

    /// The same for an array: the dictionary mostly, whose length is made right again half the time.
    static func mutatedNpy(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        let dictionaryStart = original[6] == 1 ? 10 : 12
        var start = Array(original[..<dictionaryStart])
        let end = dictionaryStart + Int(start[8]) + Int(start[9]) << 8
        var dictionary = Array(original[dictionaryStart..<end])
        var data = Array(original[end...])
        let keepsLength = Bool.random(using: &generator)
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: mutate(&start, in: 0..<start.count, &generator)
            case 1...3: mutate(&data, in: 0..<data.count, &generator)
            default: mutate(&dictionary, in: 0..<min(70, dictionary.count), &generator)
            }
        }
        if !keepsLength, start.count >= 10 {
            start[8] = UInt8(truncatingIfNeeded: dictionary.count)
            start[9] = UInt8(truncatingIfNeeded: dictionary.count >> 8)
        }
        return start + dictionary + data
    }

    /// One change of `bytes` within `range`: a bit, a byte, an insertion, a deletion, a repetition, a new number.
    static func mutate(_ bytes: inout [UInt8], in range: Range<Int>, _ generator: inout SeededGenerator) {
        let syntax = Array("{}[]():,\"'\\0123456789-.eN \n".utf8) + [0, 0x7f, 0x80, 0xff]
        guard let position = range.randomElement(using: &generator), position < bytes.count else {
            bytes.append(UInt8.random(in: .min ... .max, using: &generator))
            return
        }
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[position] = UInt8.random(in: .min ... .max, using: &generator)
        case 2: bytes[position] = syntax.randomElement(using: &generator)!
        case 3: bytes.insert(syntax.randomElement(using: &generator)!, at: position)
        case 4: bytes.remove(at: position)
        case 5: bytes.removeLast(Int.random(in: 0...min(8, bytes.count), using: &generator))
        case 6:
            let end = min(bytes.count, position + Int.random(in: 1...40, using: &generator))
            bytes.insert(contentsOf: bytes[position..<end], at: position)
        default:
            let digits = (0..<bytes.count).filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[$0]) }
            guard let digit = digits.randomElement(using: &generator) else { return }
            let numbers = ["0", "1", "8", "-1", "4294967296", "9223372036854775807", "18446744073709551616", "1e9"]
            bytes.replaceSubrange(digit...digit, with: numbers.randomElement(using: &generator)!.utf8)
        }
    }

    /// Asks for everything a file says it has; only typed errors may come, and counts must match the shapes.
    static func useEverything(_ file: SafetensorsFile) throws {
        for name in file.names {
            let entry = try file.entry(name)
            let expected = entry.shape.reduce(1, *)
            #expect(try file.withBytes(of: name) { $0.count } == expected * entry.dtype.bitWidth / 8)
            for count in [try count { try file.floats(name) }, try count { try file.integers(name) }] {
                #expect(count == nil || count == expected)
            }
        }
    }

    /// The number of values, or nil for a conversion that the dtype or its values refuse with a typed error.
    static func count<Value>(_ values: () throws -> [Value]) throws -> Int? {
        do {
            return try values().count
        } catch let error as NeuralNetError {
            #expect([.unsupported, .malformedFile, .notFinite].contains(error.code), "\(error)")
            return nil
        }
    }
}
