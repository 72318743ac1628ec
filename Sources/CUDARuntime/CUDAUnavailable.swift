/// Why no work can be done on a GPU: one of a few states, each with a sentence for a technician. The CPU serves instead.
public enum CUDAUnavailable: Error, Hashable, Sendable, CustomStringConvertible {
    /// No NVIDIA driver: `libcuda.so.1` is nowhere, or only a stub that came with the toolkit.
    case notInstalled(searched: [String])
    /// Versions as the driver counts them: 1000 · major + 10 · minor.
    case driverTooOld(found: Int, needed: Int)
    case noDevice
    /// `index` counts from 0.
    case noSuchDevice(index: Int, count: Int)
    /// A device older than Turing (compute capability 7.5).
    case deviceTooOld(name: String, capability: ComputeCapability)
    /// Another process has it for itself, or the administrator forbids computing on it.
    case deviceBusy(detail: String)
    /// The driver answers with an error; `detail` is its own words.
    case deviceBroken(detail: String)
    /// A library that computes on the device, by the names that were looked for.
    case libraryMissing(name: String, searched: [String])
    /// A library was found but cannot be used: another version, a damaged file.
    case libraryUnusable(path: String, detail: String)

    /// A word for programs, stable across versions.
    public var code: String {
        switch self {
        case .notInstalled: "notInstalled"
        case .driverTooOld: "driverTooOld"
        case .noDevice: "noDevice"
        case .noSuchDevice: "noSuchDevice"
        case .deviceTooOld: "deviceTooOld"
        case .deviceBusy: "deviceBusy"
        case .deviceBroken: "deviceBroken"
        case .libraryMissing: "libraryMissing"
        case .libraryUnusable: "libraryUnusable"
        }
    }

    public var description: String {
        switch self {
        case .notInstalled(let searched):
            "No NVIDIA driver is installed (looked for \(searched.joined(separator: ", ")))."
        case .driverTooOld(let found, let needed):
            "The NVIDIA driver supports CUDA \(CUDAUnavailable.version(found)), but the libraries need "
                + "\(CUDAUnavailable.version(needed)). Update the driver."
        case .noDevice: "The NVIDIA driver finds no GPU that this process may use."
        case .noSuchDevice(let index, let count): "GPU \(index) was asked for, but there are \(count), counted from 0."
        case .deviceTooOld(let name, let capability):
            "\(name) has compute capability \(capability), but at least \(ComputeCapability.least) is needed."
        case .deviceBusy(let detail): "The GPU is not to be had: \(detail)."
        case .deviceBroken(let detail): "The GPU does not answer as it should: \(detail)."
        case .libraryMissing(let name, let searched):
            "\(name) is not installed (looked for \(searched.joined(separator: ", "))). Install it or name its folder."
        case .libraryUnusable(let path, let detail): "\(path) cannot be used: \(detail)."
        }
    }

    private static func version(_ number: Int) -> String { "\(number / 1000).\(number % 1000 / 10)" }
}

/// NVIDIA's count of a GPU's generations.
public struct ComputeCapability: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let major: Int
    public let minor: Int

    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Turing: the least that the kernels are compiled for.
    public static let least = ComputeCapability(major: 7, minor: 5)

    public static func < (a: ComputeCapability, b: ComputeCapability) -> Bool {
        (a.major, a.minor) < (b.major, b.minor)
    }

    public var description: String { "\(major).\(minor)" }
}
