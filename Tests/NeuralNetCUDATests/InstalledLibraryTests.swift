import CUDARuntime
import NeuralNet
import NeuralNetCUDA
import Testing

/// What NVIDIA's own libraries say, where they are installed or `LUNGTRIAGE_CUDA_PATH` names them. NVRTC needs no driver;
/// cuDNN makes nothing final without one.
@Suite("NVIDIA's own libraries")
struct InstalledLibraryTests {
    private static let folders = LibraryFolders.fromEnvironment()
    private static let cudnn = (try? CUDADriver.open(in: folders)) == nil ? nil : try? Cudnn.open(in: folders)
    private static let nvrtc = CUDALibraries.majors.lazy.compactMap { try? NVRTC.open(major: $0, in: folders) }.first

    private static let shapes = [
        PixelLayout?.none, PixelLayout(stride: 96, firstChannel: 32), PixelLayout(stride: 7, firstChannel: 3),
    ]

    /// cuDNN checks each operation's tensors when it is made final; whether it has an engine for the graph is another matter.
    @Test(
        "cuDNN accepts the operations of every graph",
        .enabled(if: cudnn != nil, "cuDNN 9 or the driver is not installed"), arguments: ElementType.allCases, shapes)
    func operations(element: ElementType, pixels: PixelLayout?) throws {
        let source = CudnnSource(library: try #require(InstalledLibraryTests.cudnn), handle: nil)
        let channels = pixels == nil ? 64 : min(32, pixels!.stride - pixels!.firstChannel)
        let shape = ConvolutionShape(
            input: try Shape(n: 4, h: 96, w: 80, c: channels), outputChannels: channels, inputPixels: pixels,
            outputPixels: pixels, accuracy: .standard)
        var works = [ConvolutionGraph.Work.weightGradient(.float32), .weightGradient(element)]
        for bias in [false, true] {
            for relu in [false, true] { works.append(.forward(bias: bias, relu: relu)) }
        }
        for work in works {
            let operations = try ConvolutionGraph(work: work, shape: shape, element: element).operations(source)
            #expect(!operations.isEmpty)
        }
    }

    @Test("cuDNN refuses what is no convolution", .enabled(if: cudnn != nil, "cuDNN 9 or the driver is not installed"))
    func refusal() throws {
        let source = CudnnSource(library: try #require(InstalledLibraryTests.cudnn), handle: nil)
        let tensor = try CudnnDescriptor(17, source)
        #expect(throws: CudnnFailure.self) { try tensor.finalize() }
    }

    @Test(
        "NVRTC compiles the kernels", .enabled(if: nvrtc != nil, "NVRTC is not installed"),
        arguments: [(7, 5), (9, 0), (10, 0)])
    func kernels(major: Int, minor: Int) throws {
        let compiler = KernelCompiler(
            nvrtc: try #require(InstalledLibraryTests.nvrtc),
            capability: ComputeCapability(major: major, minor: minor), cache: nil)
        for source in KernelSources.all {
            let code = try compiler.code(source, headers: KernelSources.headers)
            // Machine code is an ELF file.
            #expect(code.prefix(4) == [0x7f, 0x45, 0x4c, 0x46])
        }
    }
}
