// swift-tools-version: 6.2
import PackageDescription

/// LUNGTRIAGE_STRICT makes every warning an error, as continuous integration does; off by default, so that a newer
/// compiler's new warnings do not keep anyone from building.
let strict = Context.environment["LUNGTRIAGE_STRICT"] != nil
let swiftSettings: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []
let cSettings: [CSetting] =
    [.enableWarning("all"), .enableWarning("extra")] + (strict ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
    name: "lungtriage",
    products: [
        .library(name: "NeuralNet", targets: ["NeuralNet"]),
        .library(name: "NeuralNetCUDA", targets: ["NeuralNetCUDA"]),
        .library(name: "Segmentation", targets: ["Segmentation"]),
        .library(name: "Training", targets: ["Training"]),
        .library(name: "Imaging", targets: ["Imaging"]),
        .library(name: "Severity", targets: ["Severity"]),
        .library(name: "Reports", targets: ["Reports"]),
        .library(name: "UNetLung", type: .dynamic, targets: ["UNetLung"]),
        .library(name: "SegNetBinary", type: .dynamic, targets: ["SegNetBinary"]),
        .library(name: "UNetMultiClass", type: .dynamic, targets: ["UNetMultiClass"]),
        .executable(name: "lungtriage", targets: ["lungtriage"]),
        .executable(name: "lungtriaged", targets: ["lungtriaged"]),
        .executable(name: "lungtriage-notify", targets: ["lungtriage-notify"]),
        .executable(name: "lungtriage-worker", targets: ["lungtriage-worker"]),
        .executable(name: "lungtriage-lab", targets: ["lungtriage-lab"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "CKernels", exclude: ["README.md"], cSettings: cSettings),
        .target(name: "CPlatform", cSettings: cSettings),
        .target(name: "Platform", dependencies: ["CPlatform"], swiftSettings: swiftSettings),
        .target(name: "CConfinement", cSettings: cSettings),
        .target(name: "Confinement", dependencies: ["CConfinement", "Platform"], swiftSettings: swiftSettings),
        .target(name: "NeuralNet", dependencies: ["CKernels", "COpenBLAS", "Platform"], swiftSettings: swiftSettings),
        .systemLibrary(name: "CCUDA"),
        .systemLibrary(name: "CCUDAKernels"),
        .target(name: "CUDARuntime", dependencies: ["CCUDA"], swiftSettings: swiftSettings),
        .target(
            name: "NeuralNetCUDA",
            dependencies: ["NeuralNet", "CUDARuntime", "CCUDA", "CCUDAKernels", "Digests", "Platform"],
            resources: [.embedInCode("Kernels/Sources")], swiftSettings: swiftSettings),
        .target(name: "Segmentation", dependencies: ["NeuralNet", "Imaging"], swiftSettings: swiftSettings),
        .target(name: "Pages", swiftSettings: swiftSettings),
        .target(
            name: "Training", dependencies: ["Segmentation", "NeuralNet", "Imaging", "Pages"],
            swiftSettings: swiftSettings),
        .target(
            name: "Severity", dependencies: ["Imaging"], exclude: ["severity.schema.json"],
            swiftSettings: swiftSettings),
        .target(
            name: "Reports", dependencies: ["Imaging", "Severity", "Pages"],
            resources: [.embedInCode("Worklist/worklist.js")], swiftSettings: swiftSettings),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CModelPlugin", cSettings: cSettings),
        .target(name: "Digests", dependencies: ["COpenSSL", "Platform"], swiftSettings: swiftSettings),
        .target(name: "ModelHost", dependencies: ["CModelPlugin", "Digests"], swiftSettings: swiftSettings),
        .target(
            name: "NetworkPlugin",
            dependencies: ["CModelPlugin", "Segmentation", "NeuralNet", "NeuralNetCUDA", "CUDARuntime", "Imaging"],
            swiftSettings: swiftSettings),
        .target(
            name: "UNetLung", dependencies: ["CModelPlugin", "NetworkPlugin"], path: "Plugins/UNetLung/Sources",
            swiftSettings: swiftSettings),
        .target(
            name: "SegNetBinary", dependencies: ["CModelPlugin", "NetworkPlugin"], path: "Plugins/SegNetBinary/Sources",
            swiftSettings: swiftSettings),
        .target(
            name: "UNetMultiClass", dependencies: ["CModelPlugin", "NetworkPlugin"],
            path: "Plugins/UNetMultiClass/Sources", swiftSettings: swiftSettings),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CNIfTI"),
        .target(
            name: "Imaging", dependencies: ["CNIfTI", "CDeflate", "CZlib", "Platform"], swiftSettings: swiftSettings),
        .target(
            name: "Analysis",
            dependencies: ["Imaging", "Severity", "Reports", "ModelHost", "CUDARuntime", "Platform", "Digests"],
            swiftSettings: swiftSettings),
        .systemLibrary(name: "CDBus", pkgConfig: "dbus-1", providers: [.apt(["libdbus-1-dev"])]),
        .target(name: "Bus", dependencies: ["CDBus", "Platform"], swiftSettings: swiftSettings),
        .target(name: "Notifications", dependencies: ["Bus", "Platform"], swiftSettings: swiftSettings),
        .target(name: "WorkerLink", swiftSettings: swiftSettings),
        .target(name: "StationConfiguration", swiftSettings: swiftSettings),
        .target(
            name: "Triage",
            dependencies: [
                "Platform", "Digests", "WorkerLink", "StationConfiguration",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: swiftSettings),
        .executableTarget(
            name: "lungtriage",
            dependencies: [
                "Analysis", "CUDARuntime", "ModelHost", "Severity", "Platform", "Bus", "StationConfiguration",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: swiftSettings),
        .executableTarget(
            name: "lungtriage-notify",
            dependencies: [
                "Notifications", "Bus", "Platform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: swiftSettings),
        .executableTarget(
            name: "lungtriage-worker",
            dependencies: [
                "Analysis", "Confinement", "CUDARuntime", "ModelHost", "Severity", "Reports", "Platform", "WorkerLink",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: swiftSettings),
        .executableTarget(
            name: "lungtriaged",
            dependencies: [
                "Triage", "Bus", "Platform", "WorkerLink", "StationConfiguration",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: swiftSettings),
        .executableTarget(
            name: "lungtriage-lab",
            dependencies: [
                "Segmentation", "NeuralNet", "NeuralNetCUDA", "Training", "Imaging",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: swiftSettings),
        .executableTarget(
            name: "volumes-benchmark", dependencies: ["Imaging"], path: "Benchmarks/volumes",
            exclude: ["README.md", "volumes_peers.py"], swiftSettings: swiftSettings),
        .target(
            name: "TestSupport", dependencies: ["NeuralNet", "Imaging"], path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .testTarget(
            name: "NeuralNetTests",
            dependencies: ["NeuralNet", "CKernels", "Platform", "TestSupport", "AllocationCounter"]),
        .target(
            name: "CUDAEmulator", path: "Tests/CUDAEmulator",
            cxxSettings: [
                .headerSearchPath("."), .headerSearchPath("../../Sources/NeuralNetCUDA/Kernels/Sources"),
                .enableWarning("all"), .enableWarning("extra"),
            ] + (strict ? [.treatAllWarnings(as: .error)] : [])),
        .target(
            name: "CUDATestSupport", dependencies: ["NeuralNetCUDA", "NeuralNet", "CUDAEmulator", "TestSupport"],
            path: "Tests/CUDATestSupport", exclude: ["StandIn", "build-stand-ins"], swiftSettings: swiftSettings),
        .testTarget(
            name: "NeuralNetCUDATests",
            dependencies: [
                "NeuralNetCUDA", "CUDARuntime", "NeuralNet", "Segmentation", "CCUDA", "CCUDAKernels", "CUDAEmulator",
                "CUDATestSupport", "Imaging", "TestSupport", "TestDeadlines",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "BackendTests",
            dependencies: ["Segmentation", "NeuralNet", "NeuralNetCUDA", "TestSupport", "CUDATestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SegmentationTests", dependencies: ["Segmentation", "NeuralNet", "Imaging", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "Segmentation", "NeuralNet", "NeuralNetCUDA", "Imaging", "TestSupport", "CUDATestSupport",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "LabTests",
            dependencies: [
                "lungtriage-lab", "Segmentation", "NeuralNet", "Imaging", "TestSupport", "CUDATestSupport",
            ], swiftSettings: swiftSettings),
        .testTarget(name: "PagesTests", dependencies: ["Pages"], swiftSettings: swiftSettings),
        .testTarget(
            name: "SeverityTests", dependencies: ["Severity", "Imaging"],
            exclude: ["validate_severity.py"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ReportsTests", dependencies: ["Reports", "Severity", "Imaging", "Pages"],
            exclude: ["check_worklist.py"], swiftSettings: swiftSettings),
        .target(
            name: "PluginTestSupport", dependencies: ["ModelHost", "TestDeadlines"], path: "Tests/PluginTestSupport",
            exclude: ["threshold_plugin.c", "hostile_attempts.c", "without_landlock.c"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ModelHostTests", dependencies: ["ModelHost", "Digests", "PluginTestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "AnalysisTests",
            dependencies: [
                "lungtriage", "Analysis", "Digests", "Imaging", "ModelHost", "Severity", "PluginTestSupport",
                "TestSupport",
            ],
            exclude: ["check_geometry.py"],
            swiftSettings: swiftSettings),
        .target(
            name: "BusTestSupport", dependencies: ["Bus", "TestDeadlines"], path: "Tests/BusTestSupport",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "bus-echo", dependencies: ["Bus", "BusTestSupport", "Platform"], path: "Tests/BusEchoProgram",
            swiftSettings: swiftSettings),
        .testTarget(
            name: "BusTests", dependencies: ["Bus", "CDBus", "BusTestSupport", "TestDeadlines", "bus-echo"],
            exclude: ["bus_client.py"],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "stub-worker", dependencies: ["WorkerLink", "Platform"], path: "Tests/StubWorker",
            swiftSettings: swiftSettings),
        .target(name: "TestDeadlines", path: "Tests/TestDeadlines", swiftSettings: swiftSettings),
        .executableTarget(
            name: "service-check", dependencies: ["Platform"], path: "Tests/ServiceProgramCheck",
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PlatformTests", dependencies: ["Platform", "TestDeadlines", "service-check"],
            swiftSettings: swiftSettings),
        .target(
            name: "StationTestSupport", dependencies: ["Bus", "BusTestSupport", "TestDeadlines"],
            path: "Tests/StationTestSupport",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "station-benchmark",
            dependencies: [
                "Bus", "StationTestSupport", "TestDeadlines", "lungtriaged", "stub-worker",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/station", exclude: ["README.md", "real_studies.py"], swiftSettings: swiftSettings),
        .testTarget(
            name: "StationTests",
            dependencies: [
                "Bus", "BusTestSupport", "StationTestSupport", "TestDeadlines", "CUDATestSupport", "CUDARuntime",
                "TestSupport", "lungtriaged", "lungtriage", "stub-worker",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "NotificationTests",
            dependencies: ["Notifications", "Bus", "BusTestSupport", "TestDeadlines", "Platform", "lungtriage-notify"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PackagingTests",
            dependencies: [
                "Bus", "StationConfiguration", "CConfinement", "lungtriage", "lungtriaged", "lungtriage-worker",
                "lungtriage-lab",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "StationConfigurationTests", dependencies: ["StationConfiguration"], swiftSettings: swiftSettings),
        .testTarget(
            name: "TriageTests",
            dependencies: [
                "Triage", "StationConfiguration", "WorkerLink", "Platform", "Digests", "TestDeadlines", "stub-worker",
                "lungtriage-worker", "SegNetBinary", "PluginTestSupport", "CUDATestSupport", "CUDARuntime",
                "TestSupport",
                "Segmentation", "ModelHost", "Imaging", "Confinement", "CConfinement",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "ImagingTests", dependencies: ["Imaging", "CNIfTI", "CDeflate"], swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6]
)
