import CModelPlugin

/// What a plugin labels: voxels in the order LPS, i fastest.
public struct PluginInput: Sendable {
    public var columns: Int
    public var rows: Int
    public var sliceCount: Int
    /// mm between columns, rows and slices.
    public var spacing: (Double, Double, Double)
    /// Whether the slices are of unrelated patients.
    public var slicesAreUnrelated: Bool
    /// columns × rows × sliceCount Hounsfield units.
    public var volume: [Int16]
    /// The slices to label, ascending.
    public var slices: [Int]
    /// Lung fields on the same grid, 0 outside; nil for a lung plugin.
    public var lungs: [UInt8]?

    public init(
        columns: Int, rows: Int, sliceCount: Int, spacing: (Double, Double, Double), slicesAreUnrelated: Bool = false,
        volume: [Int16], slices: [Int], lungs: [UInt8]? = nil
    ) {
        self.columns = columns
        self.rows = rows
        self.sliceCount = sliceCount
        self.spacing = spacing
        self.slicesAreUnrelated = slicesAreUnrelated
        self.volume = volume
        self.slices = slices
        self.lungs = lungs
    }

    /// Throws `badInput` unless buffers have the volume's size and slices are in it, ascending: plugins trust the host.
    func check(plugin: String) throws(PluginError) {
        let sides = [columns, rows, sliceCount]
        let voxels = sides.reduce((1, false)) { product, side in
            let (value, overflow) = product.0.multipliedReportingOverflow(by: side)
            return (value, product.1 || overflow || side < 1 || side > Int(Int32.max))
        }
        guard !voxels.1, volume.count == voxels.0, lungs.map({ $0.count == voxels.0 }) ?? true else {
            throw PluginError(
                .badInput, plugin: plugin,
                message: """
                    A volume of \(columns)×\(rows)×\(sliceCount) voxels was announced, but there are \(volume.count) \
                    values and \(lungs?.count ?? 0) lung labels.
                    """)
        }
        guard slices.allSatisfy({ (0..<sliceCount).contains($0) }),
            zip(slices, slices.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw PluginError(
                .badInput, plugin: plugin, message: "The slices to label are not an ascending part of the volume's.")
        }
    }

    /// Calls a plugin with a request whose pointers are valid for the call alone.
    func withRequest(
        output: inout PluginOutput, callbacks: CallSink, _ body: (inout lungtriage_segment_request) -> Int32
    ) -> Int32 {
        let wanted = slices.map { UInt32(truncatingIfNeeded: $0) }
        let context = Unmanaged.passUnretained(callbacks).toOpaque()
        return volume.withUnsafeBufferPointer { volume in
            wanted.withUnsafeBufferPointer { wanted in
                (lungs ?? []).withUnsafeBufferPointer { lungField in
                    output.withPointers { labels, probabilities in
                        var request = lungtriage_segment_request(
                            struct_size: UInt32(MemoryLayout<lungtriage_segment_request>.size),
                            arrangement: UInt32(
                                slicesAreUnrelated ? LUNGTRIAGE_SLICES_UNRELATED : LUNGTRIAGE_SLICES_OF_ONE_PATIENT),
                            shape: lungtriage_shape(columns: columns, rows: rows, slices: sliceCount),
                            spacing: spacing, volume: volume.baseAddress, slices: wanted.baseAddress,
                            slice_count: UInt64(wanted.count), lungs: lungs == nil ? nil : lungField.baseAddress,
                            labels: labels, probabilities: probabilities,
                            progress: { context, share in
                                guard let context, share.isFinite else { return }
                                let sink = Unmanaged<CallSink>.fromOpaque(context).takeUnretainedValue()
                                sink.progress(min(max(share, 0), 1))
                            },
                            cancelled: { context in
                                guard let context else { return 0 }
                                let sink = Unmanaged<CallSink>.fromOpaque(context).takeUnretainedValue()
                                return sink.isCancelled() ? 1 : 0
                            }, context: context)
                        return body(&request)
                    }
                }
            }
        }
    }
}

/// What a plugin found, on the input's grid.
public struct PluginOutput: Sendable {
    /// One of the plugin's labels, or 0.
    public internal(set) var labels: [UInt8]
    /// How probable it is that a voxel is not background, 0…1.
    public internal(set) var probabilities: [Float]?

    fileprivate mutating func withPointers<Result>(
        _ body: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Float>?) -> Result
    ) -> Result {
        // Taken out, so that the buffer has one owner and is written in place.
        var values = probabilities.take()
        let result = labels.withUnsafeMutableBufferPointer { labels in
            values?.withUnsafeMutableBufferPointer { body(labels.baseAddress, $0.baseAddress) }
                ?? body(labels.baseAddress, nil)
        }
        probabilities = values
        return result
    }

    /// Throws `badOutput` for labels that the plugin does not have, labels in slices that were not asked for, and
    /// probabilities outside 0…1.
    func check(against descriptor: PluginDescriptor, input: PluginInput) throws(PluginError) {
        var known = [Bool](repeating: false, count: 256)
        for label in [0] + descriptor.labels.map(\.value) { known[Int(label)] = true }
        var asked = [Bool](repeating: false, count: input.sliceCount)
        for slice in input.slices { asked[slice] = true }
        let plane = input.columns * input.rows
        for slice in 0..<input.sliceCount {
            let values = labels[(slice * plane)..<((slice + 1) * plane)]
            var seen: (wrong: UInt8, any: UInt8) = (0, 0)
            for value in values {
                seen.any |= value
                if !known[Int(value)] { seen.wrong = value }
            }
            if seen.wrong != 0 {
                let expected = descriptor.labels.map { "\($0.value)" }.joined(separator: ", ")
                throw PluginError(
                    .badOutput, plugin: descriptor.id,
                    message: "It labelled voxels \(seen.wrong), but its labels are 0, \(expected).")
            }
            if seen.any != 0, !asked[slice] {
                throw PluginError(
                    .badOutput, plugin: descriptor.id, message: "It labelled slice \(slice), which was not asked for.")
            }
        }
        // A comparison with NaN is false, so NaN is outside too.
        if let probabilities, !probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 }) {
            throw PluginError(
                .badOutput, plugin: descriptor.id, message: "It gave probabilities that are not between 0 and 1.")
        }
    }
}
