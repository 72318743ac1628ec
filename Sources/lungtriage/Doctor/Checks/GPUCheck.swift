import CUDARuntime

extension Check {
    /// Each GPU of the machine, whether it can be used, and whether it is.
    static let gpus = Check(name: "gpu") { examination in
        let wanted = examination.usable.devices
        guard wanted != ["cpu"] else {
            return [.skipped("gpu", "Workers are to compute on the CPU (Device=cpu in [Workers]).")]
        }
        let devices: [CUDADevice]
        do throws(CUDAUnavailable) {
            devices = try CUDADevice.all()
        } catch {
            return [finding(error, subject: nil, isWanted: wanted != ["auto"])]
        }
        var findings: [Finding] = []
        var usable: [String] = []
        for device in devices {
            let name = "cuda:\(device.index)"
            do throws(CUDAUnavailable) {
                _ = try CUDADevice.usable(device.index)
                usable.append(name)
                findings.append(.ok("gpu", "\(name) can be used: \(device.summary)."))
            } catch {
                findings.append(finding(error, subject: name, isWanted: wanted.contains(name)))
            }
        }
        for name in wanted where name != "auto" && !devices.contains(where: { name == "cuda:\($0.index)" }) {
            findings.append(
                .failed(
                    "gpu", "The configuration names \(name), which there is not.",
                    mend: "Correct Device in [Workers]; auto takes what there is"))
        }
        return findings + unused(usable, wanted: wanted, examination)
    }

    /// A reason as a finding: a machine that has no GPU lacks nothing, unless the configuration names one.
    private static func finding(_ reason: CUDAUnavailable, subject: String?, isWanted: Bool) -> Finding {
        let message = (subject.map { "\($0): " } ?? "") + "\(reason) [\(reason.code)]"
        if isWanted { return .failed("gpu", message, mend: reason.remedy) }
        switch reason {
        case .notInstalled, .noDevice: return .skipped("gpu", message + " The CPU computes.")
        default: return .warning("gpu", message + " The CPU computes.", mend: reason.remedy)
        }
    }

    /// What this user finds usable, and the daemon's workers do not use.
    private static func unused(_ usable: [String], wanted: [String], _ examination: Examination) -> [Finding] {
        guard case .daemon(_, _, let status) = examination.reach, !status.devices.isEmpty else { return [] }
        guard let first = usable.first, wanted == ["auto"] || !Set(wanted).isDisjoint(with: usable),
            status.devices.allSatisfy({ $0.kind != "cuda" })
        else { return idle(usable, wanted: wanted) }
        let remedy =
            examination.isPrivate
            ? "See \(examination.log) of when the worker was started"
            : "Copy lungtriaged-nvidia.conf to /etc/systemd/system/lungtriaged.service.d, then: "
                + "sudo systemctl daemon-reload; \(examination.restart)"
        return [.warning("gpu", "\(first) can be used, but the worker computes on the CPU.", mend: remedy)]
    }

    /// With "auto" there is one worker.
    private static func idle(_ usable: [String], wanted: [String]) -> [Finding] {
        guard wanted == ["auto"], usable.count > 1 else { return [] }
        return [
            .warning(
                "gpu", "\(usable.count) GPUs can be used, and one is.",
                mend: "Device=\(usable.joined(separator: ",")) in [Workers] gives each a worker")
        ]
    }
}

extension CUDADevice {
    /// For one line.
    fileprivate var summary: String {
        "\(name), \(memoryBytes >> 20) MiB, compute capability \(capability), CUDA "
            + "\(driverVersion / 1000).\(driverVersion % 1000 / 10)"
    }
}

extension CUDAUnavailable {
    /// How to mend it.
    fileprivate var remedy: String {
        switch self {
        case .notInstalled: "Install NVIDIA's driver, or set Device=auto in [Workers]"
        case .driverTooOld: "Install a newer NVIDIA driver, or older libraries that fit it"
        case .noDevice:
            "nvidia-smi says what the driver sees; device files must be open to the daemon's user (/dev/nvidia*)"
        case .noSuchDevice: "Correct Device in [Workers]; nvidia-smi -L counts the GPUs"
        case .deviceTooOld: "Set Device=cpu in [Workers], or another GPU's number"
        case .deviceBusy: "nvidia-smi says who uses it; nvidia-smi -c 0 lets several programs use it"
        case .deviceBroken: "See dmesg for NVRM and Xid; if it stays so, restart the machine"
        case .libraryMissing:
            "Install it, or name its folder: Environment=LUNGTRIAGE_CUDA_PATH=… in a drop-in of the unit"
        case .libraryUnusable: "Install another version of it (Documentation/gpu.md)"
        }
    }
}
