import CNIfTI

/// How a NIfTI file stores a voxel: the types of the standard that hold one real number.
public enum NIfTIDataType: Hashable, Sendable, CaseIterable {
    case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64

    /// The standard's code, `datatype`.
    public var code: Int {
        switch self {
        case .uint8: Int(DT_UINT8)
        case .int8: Int(DT_INT8)
        case .uint16: Int(DT_UINT16)
        case .int16: Int(DT_INT16)
        case .uint32: Int(DT_UINT32)
        case .int32: Int(DT_INT32)
        case .uint64: Int(DT_UINT64)
        case .int64: Int(DT_INT64)
        case .float32: Int(DT_FLOAT32)
        case .float64: Int(DT_FLOAT64)
        }
    }

    public var bytesPerVoxel: Int {
        switch self {
        case .uint8, .int8: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Throws `unsupported` for the standard's other types (colour, complex, single bits, 128-bit floats) and
    /// `malformedHeader` for codes that the standard does not have.
    init(code: Int, subject: String) throws(ImagingError) {
        if let type = NIfTIDataType.allCases.first(where: { $0.code == code }) {
            self = type
            return
        }
        let name = String(cString: nifti_datatype_string(Int32(clamping: code)))
        guard code > 0, nifti_is_valid_datatype(Int32(clamping: code)) == 1 || code == Int(DT_BINARY) else {
            throw ImagingError(
                .malformedHeader, subject: subject, message: "The header names no known voxel type (code \(code)).")
        }
        throw ImagingError(
            .unsupported, subject: subject,
            message: "The voxels are of type \(name); only whole and real numbers of up to 64 bits are read.")
    }
}

extension NIfTIDataType: CustomStringConvertible {
    /// The name that NumPy uses, such as `int16`.
    public var description: String {
        switch self {
        case .uint8: "uint8"
        case .int8: "int8"
        case .uint16: "uint16"
        case .int16: "int16"
        case .uint32: "uint32"
        case .int32: "int32"
        case .uint64: "uint64"
        case .int64: "int64"
        case .float32: "float32"
        case .float64: "float64"
        }
    }
}
