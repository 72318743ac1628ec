/// A range of bytes of a device buffer: parameters, constants, pooling indices, scratch memory.
public struct DeviceSlice<Buffer: Sendable>: Sendable {
    public let buffer: Buffer
    /// Bytes from the start of the buffer; a multiple of 64 where the planner made it.
    public let offset: Int
    public let bytes: Int

    public init(buffer: Buffer, offset: Int, bytes: Int) {
        self.buffer = buffer
        self.offset = offset
        self.bytes = bytes
    }

    /// The float32 values `range` of this slice.
    package func floats(_ range: Range<Int>) -> DeviceSlice {
        let size = MemoryLayout<Float>.size
        return DeviceSlice(buffer: buffer, offset: offset + range.lowerBound * size, bytes: range.count * size)
    }
}

/// An activation N×H×W×C in a device buffer. It may be a slice of the channels of a wider tensor: pixels are `stride`
/// values apart, rows and images follow each other without gaps.
public struct DeviceView<Buffer: Sendable>: Sendable {
    public let buffer: Buffer
    /// Bytes from the start of the buffer.
    public let offset: Int
    public let shape: Shape
    /// Values from one pixel to the next, at least the channels.
    public let stride: Int
    public let element: ElementType

    public init(buffer: Buffer, offset: Int, shape: Shape, stride: Int, element: ElementType = .float32) {
        self.buffer = buffer
        self.offset = offset
        self.shape = shape
        self.stride = stride
        self.element = element
    }

    /// Whether the channels fill the pixels, so that the view is one range of bytes.
    public var isDense: Bool { stride == shape.c }

    /// The first `count` images, which must be at most the view's.
    package func firstImages(_ count: Int) -> DeviceView {
        DeviceView(
            buffer: buffer, offset: offset, shape: Shape(unchecked: count, shape.h, shape.w, shape.c), stride: stride,
            element: element)
    }

    /// The bytes of a dense view.
    package var slice: DeviceSlice<Buffer> {
        DeviceSlice(buffer: buffer, offset: offset, bytes: shape.count * element.bytes)
    }
}
