import NeuralNet

extension ElementType {
    /// The largest relative error of rounding to it.
    package var epsilon: Float {
        switch self {
        case .float32: 0x1p-24
        case .float16: 0x1p-11
        case .bfloat16: 0x1p-8
        }
    }

    /// The value that it rounds this one to, for values in float16's normal range.
    package func rounded(_ value: Float) -> Float {
        switch self {
        case .float32: value
        case .float16: Float(Float16(value))
        case .bfloat16:
            Float(bitPattern: (value.bitPattern + 0x7fff + (value.bitPattern >> 16 & 1)) & 0xffff_0000)
        }
    }
}
