// Who uses the backend names its devices, and reasons why there is none.
@_exported import CUDARuntime
import NeuralNet

/// How a GPU is used.
public struct CUDAOptions: Hashable, Sendable {
    /// Counted from 0, as `CUDADevice.all` lists them.
    public var device: Int
    /// How activations are stored. Sums are float32 always, and so are parameters.
    public var element: ElementType
    /// Whether products of float32 values may be rounded to TF32's 11 significant bits on the way in, which is several
    /// times faster. Of no consequence for float16 and bfloat16.
    public var allowsTF32: Bool
    /// Chooses among cuDNN's algorithms without timing them, so that another process on the same kind of device chooses
    /// the same, and the same way for part of a batch as for all of it. Algorithms whose result changes from run to run
    /// are never used.
    public var isDeterministic: Bool
    /// Where CUDA's libraries are looked for beside the system's folders.
    public var folders: LibraryFolders
    /// The folder that keeps compiled kernels, or nil to compile them with every start.
    public var cacheFolder: String?

    public init(
        device: Int = 0, element: ElementType = .float32, allowsTF32: Bool = false, isDeterministic: Bool = false,
        folders: LibraryFolders = .fromEnvironment(), cacheFolder: String? = KernelCache.standardFolder()
    ) {
        self.device = device
        self.element = element
        self.allowsTF32 = allowsTF32
        self.isDeterministic = isDeterministic
        self.folders = folders
        self.cacheFolder = cacheFolder
    }
}
