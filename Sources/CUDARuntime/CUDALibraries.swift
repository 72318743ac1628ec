import CCUDA

/// Driver and computing libraries that belong together.
package struct CUDALibraries: Sendable {
    package let driver: CUDADriver
    package let nvrtc: NVRTC
    package let cublasLt: CublasLt
    package let cudnn: Cudnn

    /// CUDA's major versions that can be used, the newest first.
    package static let majors = [13, 12]

    /// Finds the computing libraries for a driver that supports CUDA `version` (1000 · major + 10 · minor).
    ///
    /// Throws `driverTooOld` when there are only libraries that need a newer one, `libraryMissing`, `libraryUnusable`.
    package init(for driver: CUDADriver, version: Int, in folders: LibraryFolders) throws(CUDAUnavailable) {
        let usable = CUDALibraries.majors.filter { version >= 1000 * $0 }
        var pair: (NVRTC, CublasLt)?
        for major in usable where pair == nil {
            guard let nvrtc = try NVRTC.open(major: major, in: folders),
                let cublasLt = try CublasLt.open(major: major, in: folders)
            else { continue }
            pair = (nvrtc, cublasLt)
        }
        guard let pair else {
            throw try CUDALibraries.missing(version: version, in: folders)
        }
        guard let cudnn = try Cudnn.open(in: folders) else {
            throw .libraryMissing(name: "cuDNN 9", searched: folders.searched(Cudnn.names))
        }
        (nvrtc, cublasLt) = pair
        self.driver = driver
        self.cudnn = cudnn
    }

    /// A GPU and the libraries for it, as far as that shows without starting the GPU: another process may still have it for
    /// itself. Throws every code of `CUDAUnavailable`.
    package static func find(
        device index: Int, in folders: LibraryFolders
    ) throws(CUDAUnavailable) -> (CUDALibraries, CUDADevice) {
        let driver = try CUDADriver.open(in: folders)
        let devices = try CUDADevice.all(of: driver)
        guard devices.indices.contains(index) else { throw .noSuchDevice(index: index, count: devices.count) }
        let device = devices[index]
        if let obstacle = device.obstacle { throw obstacle }
        let libraries = try CUDALibraries(for: driver, version: device.driverVersion, in: folders)
        try libraries.cudnn.check(for: device.capability)
        return (libraries, device)
    }

    /// Why no pair of compiler and matrix library fits the driver.
    private static func missing(
        version: Int, in folders: LibraryFolders
    ) throws(CUDAUnavailable) -> CUDAUnavailable {
        for major in majors.reversed() where version < 1000 * major {
            if try NVRTC.open(major: major, in: folders) != nil || version < 1000 * majors.last! {
                return .driverTooOld(found: version, needed: 1000 * major)
            }
        }
        let usable = majors.filter { version >= 1000 * $0 }
        for major in usable where try NVRTC.open(major: major, in: folders) != nil {
            return .libraryMissing(name: "cuBLASLt", searched: folders.searched(CublasLt.names(major: major)))
        }
        return .libraryMissing(name: "NVRTC", searched: folders.searched(usable.flatMap { NVRTC.names(major: $0) }))
    }
}
