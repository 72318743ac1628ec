import NeuralNet
import NeuralNetCUDA
import Synchronization

/// A GPU that a test runs on, and how it computes there: a stand-in, or the machine's own where there is one.
package struct TestGPU: Hashable, Sendable, CustomStringConvertible {
    package let element: ElementType
    package let allowsTF32: Bool
    package let isInstalled: Bool

    package static let standIns = ElementType.allCases.map {
        TestGPU(element: $0, allowsTF32: false, isInstalled: false)
    }

    /// The machine's own, as `LUNGTRIAGE_CUDA_PATH` and the system's folders have its libraries. Empty where there is none.
    package static let installed =
        obstacle != nil
        ? []
        : ElementType.allCases.map { TestGPU(element: $0, allowsTF32: false, isInstalled: true) }
            + [TestGPU(element: .float32, allowsTF32: true, isInstalled: true)]

    package static let all = standIns + installed
    /// Without TF32: what has the CPU's bits.
    package static let exact = all.filter { !$0.allowsTF32 }

    /// Why no test runs on a GPU of this machine; nil where they do.
    package static let obstacle: CUDAUnavailable? = {
        do throws(CUDAUnavailable) {
            _ = try backend(.float32, allowsTF32: false)
            return nil
        } catch {
            return error
        }
    }()

    package var description: String {
        let precision = allowsTF32 ? "TF32" : element.rawValue
        return isInstalled ? "\(precision) on this machine's GPU" : "\(precision) on a stand-in"
    }

    /// Runs `body` on it. On a stand-in, throws where a rule of CUDA's interfaces was broken or something was left behind.
    package func run(_ body: (CUDABackend) throws -> Void) throws {
        if isInstalled { return try body(try TestGPU.backend(element, allowsTF32: allowsTF32)) }
        let libraries = try StandInLibraries()
        do {
            let backend = try CUDABackend(libraries.options(element))
            try body(backend)
        }
        guard libraries.violations.isEmpty, libraries.leaks == 0 else {
            throw StandInLibraries.Failure(text: "\(libraries.violations)\(libraries.leaks) objects are left")
        }
    }

    /// One of each for the whole process: starting one takes a while.
    private static func backend(_ element: ElementType, allowsTF32: Bool) throws(CUDAUnavailable) -> CUDABackend {
        try backends.withLock { backends throws(CUDAUnavailable) in
            let key = "\(element.rawValue) \(allowsTF32)"
            if let backend = backends[key] { return backend }
            let backend = try CUDABackend(CUDAOptions(element: element, allowsTF32: allowsTF32))
            backends[key] = backend
            return backend
        }
    }

    private static let backends = Mutex<[String: CUDABackend]>([:])
}

/// Runs `body` on a stand-in, and on the machine's own GPU where there is one.
package func onEveryGPU(_ element: ElementType = .float32, _ body: (CUDABackend) throws -> Void) throws {
    for gpu in TestGPU.exact where gpu.element == element { try gpu.run(body) }
}

/// Whatever a test of `Backend` runs on.
package enum TestDevice: Hashable, Sendable, CustomStringConvertible {
    case cpu
    case gpu(TestGPU)

    package static let all = [TestDevice.cpu] + TestGPU.all.map { .gpu($0) }
    /// Those that store float32 and multiply it as it is.
    package static let float32 = all.filter { $0.element == .float32 && !$0.allowsTF32 }

    /// For whole networks, which take stand-ins minutes.
    package static let native = [TestDevice.cpu] + TestGPU.installed.map { .gpu($0) }

    package var element: ElementType {
        if case .gpu(let gpu) = self { gpu.element } else { .float32 }
    }

    package var allowsTF32: Bool {
        if case .gpu(let gpu) = self { gpu.allowsTF32 } else { false }
    }

    package var description: String {
        switch self {
        case .cpu: "the CPU"
        case .gpu(let gpu): gpu.description
        }
    }

    package func run(threads: Int = 2, _ body: (any Backend) throws -> Void) throws {
        switch self {
        case .cpu: try body(try CPUBackend(threads: threads))
        case .gpu(let gpu): try gpu.run(body)
        }
    }
}
