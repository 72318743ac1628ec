import NeuralNet
import TestSupport

/// How far results may lie from float64's, by what a device stores and multiplies. Every tolerance of tests that run on several
/// devices is this one, from what float32 is allowed.
package struct Tolerance: Sendable {
    /// Largest relative error of rounding an operand, an activation or a product's result, beside float32's.
    package let unit: Float

    package init(_ device: TestDevice) {
        // TF32 has float16's significant bits.
        unit = device.element != .float32 ? device.element.epsilon : device.allowsTF32 ? ElementType.float16.epsilon : 0
    }

    /// Of one layer: operands and result are rounded, and sums of both signs are judged against the largest value.
    package static let layer: Float = 4
    /// Of a small network's forward pass: a rounding in every layer.
    package static let network: Float = 16
    /// Of its gradients, and of networks with unpooling: roundings move values across the kinks of ReLU and pooling, each of
    /// which changes a gradient by a whole term, or puts a value into another place.
    package static let kinks: Float = 128

    /// As `difference(_:_:atol:rtol:)` with `roundings` times the unit on top, of the value and of the largest one.
    package func difference(
        _ actual: [Float], _ expected: [Float], atol: Float, rtol: Float, roundings: Float = layer
    ) -> Difference {
        let largest = expected.map(abs).max() ?? 0
        return TestSupport.difference(
            actual, expected, atol: atol + roundings * unit * largest, rtol: rtol + roundings * unit)
    }

    /// What the relative L2 error may be where float32's may be `bound`.
    package func relativeError(_ bound: Double, roundings: Float = layer) -> Double { bound + Double(roundings * unit) }
}
