import CModelPlugin
import CUDARuntime
import Imaging
import NeuralNet

/// An error as it crosses the plugin interface: a code and a sentence.
struct PluginFailure: Error {
    let status: Int32
    let message: String

    init(_ status: Int, _ message: String) {
        self.status = Int32(status)
        self.message = message
    }

    init(_ error: any Error) {
        switch error {
        case let failure as PluginFailure: self = failure
        case let error as NeuralNetError: self.init(Self.status(of: error.code), "\(error)")
        case let error as CUDAUnavailable: self.init(LUNGTRIAGE_DEVICE_FAILED, "\(error) [\(error.code)]")
        case let error as ImagingError:
            self.init(error.code == .tooLarge ? LUNGTRIAGE_NO_MEMORY : LUNGTRIAGE_BAD_INPUT, "\(error)")
        default: self.init(LUNGTRIAGE_FAILED, "\(error)")
        }
    }

    private static func status(of code: NeuralNetError.Code) -> Int {
        switch code {
        case .cancelled: LUNGTRIAGE_CANCELLED
        case .outOfMemory: LUNGTRIAGE_NO_MEMORY
        case .device: LUNGTRIAGE_DEVICE_FAILED
        case .malformedFile, .fileAccess, .parameterMismatch, .unsupported: LUNGTRIAGE_BAD_MODEL
        case .shapeMismatch, .notFinite, .invalidArgument: LUNGTRIAGE_FAILED
        }
    }

    /// Writes the sentence, cut to what there is room for, and gives the code.
    func report(to failure: UnsafeMutablePointer<lungtriage_failure>?) -> Int32 {
        guard let failure else { return status }
        withUnsafeMutableBytes(of: &failure.pointee.message) { room in
            let text = Array(message.utf8.prefix(room.count - 1)) + [0]
            room.copyBytes(from: text)
        }
        return status
    }
}
