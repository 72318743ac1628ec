import CConfinement
import Foundation
import Platform

/// A system call that the filter has refused; the program saw `EPERM`.
public struct RefusedCall: Hashable, Sendable, CustomStringConvertible {
    /// Such as `socket`, or `number 400` for a call without a name here.
    public let name: String
    /// The file name of the library that made it, as far as the stack tells: a hostile one can forge its stack.
    public let library: String?
    /// How often this library has tried this call by now.
    public let count: Int

    public var description: String {
        let times = count == 1 ? "" : " (\(count) times by now)"
        return "Refused: the system call \(name), tried by \(library ?? "the program")\(times)."
    }
}

/// Reads what the signal handler writes, and reports each call of each library the first time, the tenth, the hundredth: a
/// library that tries for ever fills no disk.
final class RefusalReader: Sendable {
    private struct Source: Hashable {
        let number: Int32
        let library: String?
    }

    private let descriptor: Int32
    /// Folders whose libraries are the first that are asked about.
    private let suspects: [String]
    private let report: @Sendable (RefusedCall) -> Void

    init(descriptor: Int32, suspects: [String], report: @escaping @Sendable (RefusedCall) -> Void) {
        self.descriptor = descriptor
        self.suspects = suspects.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
        self.report = report
    }

    func readAll() {
        var counts: [Source: Int] = [:]
        var refusal = lungtriage_refusal()
        let size = MemoryLayout<lungtriage_refusal>.size
        // Each was written as a whole, and is read as one.
        while retryingInterrupted({ read(descriptor, &refusal, size) }) == size {
            let source = Source(number: refusal.number, library: library(in: refusal))
            let count = (counts[source] ?? 0) + 1
            counts[source] = count
            guard Self.isPowerOfTen(count) else { continue }
            let name = lungtriage_system_call_name(refusal.number).map { String(cString: $0) }
            report(RefusedCall(name: name ?? "number \(refusal.number)", library: source.library, count: count))
        }
    }

    /// The innermost suspect on the stack, else the innermost of all that is not the C library, through which everybody calls.
    private func library(in refusal: lungtriage_refusal) -> String? {
        let paths = withUnsafeBytes(of: refusal.stack) { stack in
            stack.bindMemory(to: UInt.self).compactMap(LoadedLibraries.path)
        }
        let suspect = paths.first { path in suspects.contains { path.hasPrefix($0) } }
        let other = paths.first { !$0.contains("/libc.so") && !$0.contains("/ld-linux") }
        return (suspect ?? other)?.split(separator: "/").last.map(String.init)
    }

    private static func isPowerOfTen(_ number: Int) -> Bool {
        var rest = number
        while rest % 10 == 0 { rest /= 10 }
        return rest == 1
    }
}
