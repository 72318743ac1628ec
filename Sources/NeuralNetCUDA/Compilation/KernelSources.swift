/// The kernels' sources as they were built into the program.
enum KernelSources {
    /// A `.cu` file: what is compiled and loaded together.
    struct Source: Hashable, Sendable {
        /// Without its ending.
        let name: String
        let text: String
    }

    struct Header: Hashable, Sendable {
        let name: String
        let text: String
    }

    static let all = [source("weights", PackageResources.weights_cu)]
    static let headers = [header("kernel_arguments.h", PackageResources.kernel_arguments_h)]

    private static func source(_ name: String, _ bytes: [UInt8]) -> Source {
        Source(name: name, text: String(decoding: bytes, as: UTF8.self))
    }

    private static func header(_ name: String, _ bytes: [UInt8]) -> Header {
        Header(name: name, text: String(decoding: bytes, as: UTF8.self))
    }
}
