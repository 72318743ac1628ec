import CUDARuntime
import ModelHost

/// The devices that plugins are offered, and why there is no GPU among them.
public struct DeviceChoice: Sendable {
    /// The GPU first, if there is one; the CPU always, for plugins that know no others.
    public let devices: [ComputeDevice]
    /// Whether a plugin that cannot be opened on the GPU is opened on the CPU instead.
    public let fallsBack: Bool
    /// The GPU's own name.
    public let hardware: String?
    /// Why the GPUs that were looked at cannot be used: a sentence each, with its code in brackets.
    public let notes: [String]

    /// Looks for what was asked for. Nothing is started on a GPU yet, so that opening a plugin there may still fail.
    ///
    /// `precision`: how a GPU stores values; nil leaves it to the plugins. Throws `device` when a GPU that was asked for by
    /// its number cannot be used.
    public init(
        _ request: DeviceRequest, precision: ComputePrecision? = nil, threads: Int,
        folders: LibraryFolders = .fromEnvironment()
    ) throws(AnalysisError) {
        let cpu = ComputeDevice(.cpu, threads: threads)
        var (found, notes): (CUDADevice?, [String]) = (nil, [])
        switch request {
        case .cpu: break
        case .automatic: (found, notes) = Self.first(in: folders)
        case .cuda(let ordinal):
            do throws(CUDAUnavailable) {
                found = try CUDADevice.usable(ordinal, in: folders)
            } catch {
                throw AnalysisError(
                    .device, subject: request.description, message: error.description, cause: error.code)
            }
        }
        let gpu = found.map { ComputeDevice(.cuda(ordinal: $0.index), threads: threads, precision: precision) }
        devices = [gpu, cpu].compactMap(\.self)
        fallsBack = request == .automatic
        hardware = found?.name
        self.notes = notes
    }

    /// The first GPU that can be used, and what keeps those before it, or all, from it.
    private static func first(in folders: LibraryFolders) -> (CUDADevice?, [String]) {
        let devices: [CUDADevice]
        do throws(CUDAUnavailable) {
            devices = try CUDADevice.all(in: folders)
        } catch {
            return (nil, [note(error)])
        }
        var notes: [String] = []
        for index in devices.indices {
            do throws(CUDAUnavailable) {
                return (try CUDADevice.usable(index, in: folders), notes)
            } catch {
                notes.append("cuda:\(index): " + note(error))
            }
        }
        return (nil, notes)
    }

    private static func note(_ reason: CUDAUnavailable) -> String { "\(reason) [\(reason.code)]" }
}
