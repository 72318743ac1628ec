/// The kernels' sources as they were built into the program.
package enum KernelSources {
    /// A `.cu` file: what is compiled and loaded together.
    package struct Source: Hashable, Sendable {
        /// Without its ending.
        let name: String
        let text: String
    }

    package struct Header: Hashable, Sendable {
        let name: String
        let text: String
    }

    package static let all = [
        source("channels", PackageResources.channels_cu), source("classes", PackageResources.classes_cu),
        source("dropout", PackageResources.dropout_cu), source("elementwise", PackageResources.elementwise_cu),
        source("loss", PackageResources.loss_cu), source("optimizer", PackageResources.optimizer_cu),
        source("pooling", PackageResources.pooling_cu), source("resampling", PackageResources.resampling_cu),
        source("weights", PackageResources.weights_cu),
    ]
    package static let headers = [
        header("channel_sums.h", PackageResources.channel_sums_h), header("elements.h", PackageResources.elements_h),
        header("exponentials.h", PackageResources.exponentials_h),
        header("kernel_arguments.h", PackageResources.kernel_arguments_h),
        header("platform.h", PackageResources.platform_h), header("views.h", PackageResources.views_h),
    ]

    private static func source(_ name: String, _ bytes: [UInt8]) -> Source {
        Source(name: name, text: String(decoding: bytes, as: UTF8.self))
    }

    private static func header(_ name: String, _ bytes: [UInt8]) -> Header {
        Header(name: name, text: String(decoding: bytes, as: UTF8.self))
    }
}
