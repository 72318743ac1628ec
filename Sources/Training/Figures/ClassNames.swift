import Imaging

/// What the classes of a task are called and how they look in figures.
extension SegmentationTask {
    /// Names and colours of every class but background.
    public var scheme: LabelScheme {
        switch self {
        case .binary: .infection
        case .multiclass: .findings
        case .lungs: .lungField
        }
    }

    /// One name per class, background first; the binary task's are the paper's.
    public var classNames: [String] {
        let background = self == .binary ? "Not infected" : "Background"
        return [background] + (1..<classes).map { scheme.label(of: UInt8($0)).name }
    }
}
