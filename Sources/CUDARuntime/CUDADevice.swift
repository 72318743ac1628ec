import CCUDA

/// A GPU as the driver describes it.
public struct CUDADevice: Hashable, Sendable {
    /// Counted from 0.
    public let index: Int
    public let name: String
    /// Bytes of its memory.
    public let memoryBytes: Int
    public let capability: ComputeCapability
    public let multiprocessors: Int
    /// What the driver supports: 1000 · major + 10 · minor of CUDA's version.
    public let driverVersion: Int
    /// Why it cannot be computed on, as far as that shows without trying.
    public let obstacle: CUDAUnavailable?

    /// Every GPU that the driver shows to this process.
    ///
    /// Throws `notInstalled`, `libraryUnusable`, `driverTooOld`, `noDevice`, `deviceBroken`.
    public static func all(in folders: LibraryFolders = .fromEnvironment()) throws(CUDAUnavailable) -> [CUDADevice] {
        let driver = try CUDADriver.open(in: folders)
        return try all(of: driver)
    }

    /// The GPU of this number, where all is there that computing on it takes: a driver, libraries that fit both, nothing
    /// that forbids it. Starts nothing on the GPU. Throws every code of `CUDAUnavailable`.
    public static func usable(
        _ index: Int, in folders: LibraryFolders = .fromEnvironment()
    ) throws(CUDAUnavailable) -> CUDADevice {
        try CUDALibraries.find(device: index, in: folders).1
    }

    package static func all(of driver: CUDADriver) throws(CUDAUnavailable) -> [CUDADevice] {
        let version = try driver.start()
        var count: Int32 = 0
        try driver.check(driver.deviceCount(&count))
        guard count > 0 else { throw .noDevice }
        var devices: [CUDADevice] = []
        for index in 0..<Int(count) { devices.append(try CUDADevice(index, of: driver, version: version)) }
        return devices
    }

    private init(_ index: Int, of driver: CUDADriver, version: Int) throws(CUDAUnavailable) {
        self.index = index
        driverVersion = version
        let handle = try driver.handle(of: index)
        var name = [CChar](repeating: 0, count: 256)
        try driver.check(driver.deviceName(&name, Int32(name.count), handle))
        self.name = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var bytes = 0
        try driver.check(driver.deviceMemory(&bytes, handle))
        memoryBytes = bytes
        func attribute(_ attribute: Int) throws(CUDAUnavailable) -> Int {
            var value: Int32 = 0
            try driver.check(driver.deviceAttribute(&value, attribute.code, handle))
            return Int(value)
        }
        capability = ComputeCapability(
            major: try attribute(LT_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
            minor: try attribute(LT_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR))
        multiprocessors = try attribute(LT_CUDA_ATTRIBUTE_MULTIPROCESSOR_COUNT)
        let isForbidden = try attribute(LT_CUDA_ATTRIBUTE_COMPUTE_MODE) == LT_CUDA_COMPUTE_MODE_PROHIBITED
        obstacle =
            if capability < .least {
                .deviceTooOld(name: self.name, capability: capability)
            } else if isForbidden {
                .deviceBusy(detail: "its compute mode is \"prohibited\"")
            } else {
                nil
            }
    }
}

extension CUDADriver {
    /// The oldest driver that any of the computing libraries works with.
    private static let oldestVersion = 12000

    /// Starts the driver and gives the version of CUDA it supports. It may be called any number of times.
    package func start() throws(CUDAUnavailable) -> Int {
        var version: Int32 = 0
        try check(driverVersion(&version))
        guard version >= CUDADriver.oldestVersion else {
            throw .driverTooOld(found: Int(version), needed: CUDADriver.oldestVersion)
        }
        try check(initialize(0))
        return Int(version)
    }

    package func handle(of index: Int) throws(CUDAUnavailable) -> lt_cuda_device {
        var handle: lt_cuda_device = 0
        try check(device(&handle, Int32(index)))
        return handle
    }

    /// Throws what a result means before there is anything to compute with.
    package func check(_ result: lt_cuda_result) throws(CUDAUnavailable) {
        switch Int(result) {
        case LT_CUDA_SUCCESS: return
        case LT_CUDA_NO_DEVICE: throw .noDevice
        case LT_CUDA_STUB_LIBRARY: throw .notInstalled(searched: [path])
        case LT_CUDA_DEVICE_UNAVAILABLE, LT_CUDA_OUT_OF_MEMORY: throw .deviceBusy(detail: words(result))
        default: throw .deviceBroken(detail: words(result))
        }
    }
}
