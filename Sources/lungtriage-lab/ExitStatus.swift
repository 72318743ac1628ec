import ArgumentParser
import Imaging
import NeuralNet
import NeuralNetCUDA
import Training

/// Exit statuses of the commands; the numbers are those of sysexits.h where it has one.
enum ExitStatus {
    static let failed = ExitCode(1)
    static let badInput = ExitCode(65)

    /// Runs a command's work; a failure is said on stderr and becomes the exit status.
    static func guarding(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as NeuralNetError {
            StandardError.write("lungtriage-lab: \(error)\n")
            switch error.code {
            case .malformedFile, .fileAccess, .unsupported, .parameterMismatch, .shapeMismatch, .notFinite:
                throw badInput
            case .outOfMemory, .invalidArgument, .cancelled, .device:
                throw failed
            }
        } catch let error as TrainingError {
            StandardError.write("lungtriage-lab: \(error)\n")
            switch error.code {
            case .malformedDataSet, .fileAccess, .labelOutOfRange, .shapeMismatch, .imaging: throw badInput
            case .diverged, .runMismatch, .invalidArgument, .cancelled, .engine: throw failed
            }
        } catch let error as CUDAUnavailable {
            StandardError.write("lungtriage-lab: \(error) [\(error.code)]\n")
            throw failed
        } catch let error as ImagingError {
            StandardError.write("lungtriage-lab: \(error)\n")
            throw error.code == .invalidArgument || error.code == .notVerified ? failed : badInput
        }
    }
}
