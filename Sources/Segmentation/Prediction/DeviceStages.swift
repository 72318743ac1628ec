import Imaging
import NeuralNet

/// A network's session and what else the way of slices through a device takes, for batches of one size.
final class DeviceStages<B: Backend> {
    /// What is made, whatever the size of batches.
    struct Recipe: Sendable {
        let model: SegmentationModel
        let preparation: InputPreparation
        let backend: B
        let averagesMirrored: Bool
    }

    private let recipe: Recipe
    private let session: InferenceSession<B>
    /// Pictures and scores while the mirrored ones pass the network; nil where slices are seen one way only.
    private let pictures: B.View?
    private let scores: B.View?
    private var transport: (layout: SliceTransportLayout, way: any SliceTransport<B.Buffer>)?

    private var batch: Int { session.microBatch }

    /// Takes at most half of the memory that is free, unless it is for single slices: others may come.
    /// Throws what `InferenceSession` throws.
    init(_ recipe: Recipe, batch: Int) throws(NeuralNetError) {
        let (model, backend) = (recipe.model, recipe.backend)
        session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: backend,
            height: recipe.preparation.height, width: recipe.preparation.width, microBatch: batch,
            memoryLimit: batch > 1 ? backend.availableBytes() / 2 : nil)
        func view(_ shape: Shape) throws(NeuralNetError) -> B.View {
            let bytes = shape.count * backend.activationElement.bytes
            return DeviceView(
                buffer: try backend.allocate(bytes: bytes), offset: 0, shape: shape, stride: shape.c,
                element: backend.activationElement)
        }
        pictures = recipe.averagesMirrored ? try view(session.plan.input) : nil
        scores = recipe.averagesMirrored ? try view(session.plan.output) : nil
        self.recipe = recipe
    }

    /// Takes slices `done` ..< `count` through the device; `done` says how far it came, also when it throws.
    func run(
        from done: inout Int, to count: Int, wantsForeground: Bool, read: (Range<Int>) throws -> SliceBatch,
        write: (Range<Int>, SlicePrediction) throws -> Void
    ) throws {
        var (next, slot) = (done, 0)
        var underWay: [(slot: Int, range: Range<Int>)] = []
        while done < count {
            if next < count {
                let range = next..<min(next + batch, count)
                try begin(try read(range), slot: slot, wantsForeground: wantsForeground)
                underWay.append((slot, range))
                (next, slot) = (range.upperBound, 1 - slot)
            }
            // The host looks at a batch's labels only after it has given the device the next batch.
            guard underWay.count == 2 || next == count else { continue }
            let first = underWay.removeFirst()
            try write(first.range, try collect(first.slot))
            done = first.range.upperBound
        }
    }

    private func begin(_ batch: SliceBatch, slot: Int, wantsForeground: Bool) throws {
        let way = try way(for: batch, wantsForeground: wantsForeground)
        let values = PictureValues(window: recipe.preparation.window.lower...recipe.preparation.window.upper)
        try way.load(try placements(batch), slot: slot) { target in
            batch.volume.withUnsafeVoxels { voxels in
                for (place, slice) in batch.slices.enumerated() {
                    (target.baseAddress! + place * batch.plane).update(
                        from: voxels + slice * batch.plane, count: batch.plane)
                }
            }
        }
        let (images, backend) = (batch.slices.count, recipe.backend)
        guard let pictures = pictures?.firstImages(images), let scores = scores?.firstImages(images) else {
            return try session.enqueue(
                images: images, fill: { way.makePictures(slot: slot, values, into: $0) },
                use: { way.restore($0, slot: slot) })
        }
        try session.enqueue(
            images: images,
            fill: { input in
                way.makePictures(slot: slot, values, into: pictures)
                backend.copy(x: pictures, y: input)
            }, use: { backend.copy(x: $0, y: scores) })
        try session.enqueue(
            images: images, fill: { way.mirror(x: pictures, y: $0) },
            use: { output in
                way.averageMirrored(x: scores, mirrored: output, y: scores)
                way.restore(scores, slot: slot)
            })
    }

    private func collect(_ slot: Int) throws(NeuralNetError) -> SlicePrediction {
        var found = SlicePrediction(labels: [], probabilities: nil)
        try transport?.way.collect(slot: slot) { labels, values in
            found = SlicePrediction(labels: Array(labels), probabilities: values.map { Array($0) })
        }
        return found
    }

    /// The way for slices of this size: the last batch's, unless it differs.
    private func way(
        for batch: SliceBatch, wantsForeground: Bool
    ) throws(NeuralNetError) -> any SliceTransport<B.Buffer> {
        let size = batch.volume.grid.size
        let layout = SliceTransportLayout(
            picture: session.plan.input, classes: session.plan.output.c, width: size.i, height: size.j,
            givesForeground: wantsForeground)
        if let transport, transport.layout == layout { return transport.way }
        transport = nil
        guard let way = try recipe.backend.makeSliceTransport(layout) else {
            throw NeuralNetError(
                .device, operation: "slices", message: "The device does not transport slices after all.")
        }
        transport = (layout, way)
        return way
    }

    private func placements(_ batch: SliceBatch) throws(ImagingError) -> [SlicePlacement] {
        try batch.rectangles.map { (rectangle) throws(ImagingError) in
            let resizer = try SliceResizer(
                rectangle, height: recipe.preparation.height, width: recipe.preparation.width)
            return SlicePlacement(
                i: rectangle.i, j: rectangle.j, columns: ResizeTaps(resizer.columns), rows: ResizeTaps(resizer.rows),
                columnsBack: ResizeTaps(resizer.columnsBack), rowsBack: ResizeTaps(resizer.rowsBack))
        }
    }
}

extension ResizeTaps {
    fileprivate init(_ filter: ResizeFilter) {
        self.init(
            firsts: filter.firsts.map { Int32($0) }, starts: filter.weightStarts.map { Int32($0) },
            weights: filter.weights)
    }
}
