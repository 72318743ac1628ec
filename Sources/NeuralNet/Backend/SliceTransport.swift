/// How a row of pixels becomes another: output o is Σ weights[t] · input[firsts[o] + t − starts[o]] over t in
/// starts[o] ..< starts[o + 1].
public struct ResizeTaps: Sendable {
    public let firsts: [Int32]
    /// One more than `firsts`.
    public let starts: [Int32]
    public let weights: [Float]

    public init(firsts: [Int32], starts: [Int32], weights: [Float]) {
        self.firsts = firsts
        self.starts = starts
        self.weights = weights
    }
}

/// What a picture shows beyond its slice, how far HU are clamped before they are averaged, and which become −1 and 1.
public struct PictureValues: Sendable {
    public var outside: Float = -1000
    public var clamp: ClosedRange<Int16> = .min ... .max
    public var window: ClosedRange<Float>

    public init(window: ClosedRange<Float>) { self.window = window }
}

/// The rectangle of a slice that a network sees, which may reach beyond the slice, and the ways from it to the network's picture
/// and back.
public struct SlicePlacement: Sendable {
    public let i: Range<Int>
    public let j: Range<Int>
    public let columns: ResizeTaps
    public let rows: ResizeTaps
    public let columnsBack: ResizeTaps
    public let rowsBack: ResizeTaps

    public init(
        i: Range<Int>, j: Range<Int>, columns: ResizeTaps, rows: ResizeTaps, columnsBack: ResizeTaps,
        rowsBack: ResizeTaps
    ) {
        self.i = i
        self.j = j
        self.columns = columns
        self.rows = rows
        self.columnsBack = columnsBack
        self.rowsBack = rowsBack
    }
}

/// What a transport is made for.
public struct SliceTransportLayout: Hashable, Sendable {
    /// Slices of a batch at most.
    public let slices: Int
    /// Pixels of a slice.
    public let width, height: Int
    /// Pixels of a picture, and the classes that pixels are scored for.
    public let picture: Shape
    public let classes: Int
    /// Whether how probable it is that a pixel is not background is wanted, too.
    public let givesForeground: Bool

    /// `picture`: slices × height × width × 1.
    public init(picture: Shape, classes: Int, width: Int, height: Int, givesForeground: Bool) {
        slices = picture.n
        self.picture = picture
        self.classes = classes
        self.width = width
        self.height = height
        self.givesForeground = givesForeground
    }
}

/// Batches of CT slices on their way to a device and back, where the device itself makes pictures of them and labels of scores.
///
/// There are two slots: a batch can be loaded into one while the device works on the other's. Of one slot the calls are `load`,
/// `makePictures`, `restore`, `collect`, in this order; all but `load` and `collect` only enqueue. One caller at a time.
public protocol SliceTransport<Buffer>: AnyObject, Sendable {
    associatedtype Buffer: Sendable
    typealias View = DeviceView<Buffer>

    /// `fill` writes the slices' HU, one behind the other, height × width each; they are copied to the device beside the work
    /// that goes on there. Throws `outOfMemory`, `device`.
    func load(
        _ placements: [SlicePlacement], slot: Int, fill: (UnsafeMutableBufferPointer<Int16>) -> Void
    ) throws(NeuralNetError)

    /// Image k of `pictures` (one channel) = slice k's rectangle resized, in the network's range.
    func makePictures(slot: Int, _ values: PictureValues, into pictures: View)

    /// y = x with left and right exchanged; not in place.
    func mirror(x: View, y: View)

    /// y = the mean of x and of z with left and right exchanged; y may be x.
    func averageMirrored(x: View, mirrored z: View, y: View)

    /// The likeliest class of every pixel of slice k's rectangle from image k of `scores` (dense), resized back, 0 outside; and
    /// their way to the host.
    func restore(_ scores: View, slot: Int)

    /// Waits for the slot's results, and for nothing that was enqueued later: labels, and one minus the softmax of class 0
    /// where that is wanted, slices × height × width.
    ///
    /// Throws `notFinite` when a score is NaN or infinite, `device` and `outOfMemory` when anything enqueued so far failed.
    func collect(
        slot: Int, _ use: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<Float>?) -> Void
    ) throws(NeuralNetError)
}

extension DeviceMemory {
    public var transportsSlices: Bool { false }

    public func makeSliceTransport(
        _ layout: SliceTransportLayout
    ) throws(NeuralNetError) -> (any SliceTransport<Buffer>)? { nil }
}
