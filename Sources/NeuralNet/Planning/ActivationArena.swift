/// Lifetimes of a pass's activations, pooling indices and scratch memory, and their places in one arena.
struct ActivationArena: Sendable {
    let layout: ArenaLayout
    /// Scratch memory of every step.
    let scratch: [InferencePlan.ByteRange]
    private let rootOffsets: [Int: Int]
    private let indexSpans: [Int: InferencePlan.ByteRange]
    private let element: ElementType

    /// Scratch memory is a buffer like any other that lives for one step, so it reuses the memory of dead activations.
    init(_ placement: Placement, output: Int, shapes: [Shape], needs: [StepNeeds], element: ElementType) {
        self.element = element
        var lifetimes: [Int: ClosedRange<Int>] = [:]
        var indexLifetimes: [Int: ClosedRange<Int>] = [:]
        func extend(_ table: inout [Int: ClosedRange<Int>], _ key: Int, to time: Int) {
            let now = table[key] ?? time...time
            table[key] = min(now.lowerBound, time)...max(now.upperBound, time)
        }
        // The host writes the input before the first step and reads the output after the last.
        extend(&lifetimes, placement.locations[0]!.root, to: 0)
        for (time, step) in placement.steps.enumerated() {
            for input in step.inputs { extend(&lifetimes, placement.locations[input]!.root, to: time) }
            extend(&lifetimes, placement.locations[step.output]!.root, to: time)
            switch step.kind {
            case .maxPool(indicesUsed: true): extend(&indexLifetimes, step.node, to: time)
            case .maxUnpool(let pool): extend(&indexLifetimes, pool, to: time)
            default: break
            }
        }
        extend(&lifetimes, placement.locations[output]!.root, to: placement.steps.count)

        let roots = lifetimes.keys.sorted()
        let pools = indexLifetimes.keys.sorted()
        var requests = roots.map { request(shapes[$0].bytes(of: element), lifetimes[$0]!) }
        for pool in pools {
            let step = placement.steps.firstIndex { $0.node == pool }!
            requests.append(request(needs[step].indexBytes, indexLifetimes[pool]!))
        }
        requests += needs.enumerated().map { request($1.scratchBytes, $0...$0) }
        layout = ArenaLayout(requests)
        rootOffsets = Dictionary(uniqueKeysWithValues: zip(roots, layout.offsets))
        let spans = zip(layout.offsets, requests).map { InferencePlan.ByteRange(offset: $0, bytes: $1.bytes) }
        indexSpans = Dictionary(uniqueKeysWithValues: zip(pools, spans.dropFirst(roots.count)))
        scratch = Array(spans.dropFirst(roots.count + pools.count))

        func request(_ bytes: Int, _ lifetime: ClosedRange<Int>) -> ArenaLayout.Request {
            ArenaLayout.Request(bytes: bytes, first: lifetime.lowerBound, last: lifetime.upperBound)
        }
    }

    func operand(_ location: Placement.Location, _ shape: Shape) -> InferencePlan.Operand {
        InferencePlan.Operand(
            offset: rootOffsets[location.root]! + location.channelOffset * element.bytes, shape: shape,
            pixels: location.pixels, element: element)
    }

    /// The pooling indices a step writes or reads.
    func indices(of step: Step) -> InferencePlan.ByteRange? {
        switch step.kind {
        case .maxPool: indexSpans[step.node]
        case .maxUnpool(let pool): indexSpans[pool]
        default: nil
        }
    }
}
