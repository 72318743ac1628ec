/// Paints the chest on one plane, from the outside inwards, in HU. Each structure covers what was there before by the
/// part of the pixel that it fills.
struct SlicePainter {
    private let scene: PhantomScene
    private let plane: SlicePlane
    private let thorax = Thorax.standard
    private var hounsfield: [Float]
    /// How much of each pixel is lung, so that the lungs' vessels end at the pleura.
    private var lung: [Float]

    static let air: Float = -1000
    private static let fat: Float = -104
    private static let muscle: Float = 52
    private static let blood: Float = 42
    /// Above it, the rib cage is closed by the soft parts of the neck, mm.
    private static let cavityTop = 146.0

    private init(scene: PhantomScene, plane: SlicePlane) {
        self.scene = scene
        self.plane = plane
        hounsfield = Array(repeating: Self.air, count: plane.columns * plane.rows)
        lung = Array(repeating: 0, count: plane.columns * plane.rows)
    }

    static func paint(_ scene: PhantomScene, on plane: SlicePlane) -> [Float] {
        var painter = SlicePainter(scene: scene, plane: plane)
        painter.paintTable()
        painter.paintBody()
        painter.paintChestWallBones()
        painter.paintCavity()
        painter.paintMediastinum()
        painter.paintSpine()
        painter.paintPulmonaryTrees()
        return painter.hounsfield
    }

    // MARK: Means

    @inline(__always)
    private mutating func blend(_ value: Float, _ coverage: Float, at pixel: Int) {
        hounsfield[pixel] += (value - hounsfield[pixel]) * coverage
    }

    @inline(__always)
    private mutating func paint(_ solid: some Solid, _ value: Float) {
        plane.forEachPixel(in: solid.bounds) { p, pixel in
            let coverage = plane.coverage(solid.depth(at: p))
            if coverage > 0 { blend(value, coverage, at: pixel) }
        }
    }

    /// A cortical shell around cancellous bone.
    @inline(__always)
    private mutating func paintBone(_ solid: some Solid, cortex: Float, shell: Double, inside: Float) {
        plane.forEachPixel(in: solid.bounds) { p, pixel in
            let depth = solid.depth(at: p)
            let coverage = plane.coverage(depth)
            guard coverage > 0 else { return }
            let core = plane.coverage(depth - shell)
            let trabeculae = Float(scene.texture.value(at: p, scale: 2.2)) * 45
            blend(cortex + (inside + trabeculae - cortex) * core, coverage, at: pixel)
        }
    }

    // MARK: Body

    /// A curved carbon shell filled with foam.
    private mutating func paintTable() {
        let box = Box(lower: [-215, -175, -1e4], upper: [215, -95, 1e4])
        plane.forEachPixel(in: box) { p, pixel in
            let top = p.y + 122 - p.x * p.x * 0.00035
            let bottom = 158 - p.x * p.x * 0.0005 + p.y
            let inside = min(-top, bottom, 212 - abs(p.x))
            let coverage = plane.coverage(inside)
            if coverage > 0 {
                blend(-350, coverage, at: pixel)
                blend(-930, plane.coverage(inside - 2), at: pixel)
            }
        }
    }

    /// Skin, subcutaneous fat, muscles with fat between their layers.
    private mutating func paintBody() {
        plane.forEachPixel(in: Box(lower: [-180, -122, -1e4], upper: [180, 114, 1e4])) { p, pixel in
            let depth = thorax.bodyDepth(at: p)
            let coverage = plane.coverage(depth)
            guard coverage > 0 else { return }
            let outside = -thorax.cavityDepth(at: p)
            // There the cavity's contents cover all.
            guard outside > -plane.edge || p.z > Self.cavityTop else { return }
            var value: Float = 20
            let subcutaneous = plane.coverage(depth - 2)
            if subcutaneous > 0 {
                let uneven = scene.texture.value(at: p, scale: 38)
                value += (Self.fat - value) * subcutaneous
                let muscle = plane.coverage(depth - 12 - 4 * uneven)
                if muscle > 0 { value += (muscleValue(p, uneven, outside) - value) * muscle }
            }
            blend(value, coverage, at: pixel)
        }
    }

    /// Muscle, streaked with fat along the layer between the ribs and the muscles of the shoulder girdle.
    @inline(__always)
    private func muscleValue(_ p: Vector, _ uneven: Double, _ outside: Double) -> Float {
        guard outside > -2 else { return Self.muscle }
        let varied = scene.texture.value(at: p, scale: 24)
        let layer = abs(outside - 15 - 5 * uneven) - 1 - 2.2 * varied
        let second = abs(outside - 25 - 9 * uneven) - 0.4 - 1.8 * varied
        let fat = plane.coverage(-min(layer, second))
        let marbling = Float(scene.texture.value(at: p, scale: 5)) * 10
        return Self.muscle + marbling + (Self.fat - Self.muscle) * fat
    }

    private mutating func paintChestWallBones() {
        let bones = Skeleton.standard
        for scapula in bones.scapulae { paintBone(scapula, cortex: 620, shell: 1.6, inside: 320) }
        for clavicle in bones.clavicles { paintBone(clavicle, cortex: 700, shell: 1.8, inside: 220) }
        for part in bones.sternum { paintBone(part, cortex: 430, shell: 1.3, inside: 130) }
        for cartilage in bones.cartilage { paint(cartilage, 95) }
        for rib in bones.ribs { paint(rib, 620) }
        for rib in bones.ribs { paint(rib.thickened(by: -1.3), 230) }
    }

    // MARK: Inside the rib cage

    /// Everything inside the rib cage: fat, in which the mediastinum's organs come to lie; lungs; under the diaphragm the
    /// upper abdomen.
    private mutating func paintCavity() {
        let findings = LungSide.allCases.map { side in
            scene.lesions.filter { lesion in lesion.bounds.contains { $0.side == side } }
        }
        plane.forEachPixel(in: Box(lower: [-140, -100, -1e4], upper: [140, 90, Self.cavityTop])) { p, pixel in
            let depth = thorax.cavityDepth(at: p)
            let coverage = plane.coverage(depth)
            guard coverage > 0 else { return }
            let side: LungSide = p.x > 0 ? .right : .left
            let aerated = plane.coverage(thorax.pleuralDepth(side, at: p, cavityDepth: depth))
            var value: Float = 0
            if aerated < 1 { value = softTissue(p, depth) }
            if aerated > 0 {
                let content = pleuralContent(side, p, findings[side == .right ? 0 : 1])
                value += (content.hounsfield - value) * aerated
                lung[pixel] = aerated * (1 - content.fluid)
            }
            blend(value, coverage, at: pixel)
        }
        for vessel in Abdomen.standard.liverVessels { paint(vessel, 40) }
    }

    @inline(__always)
    private func softTissue(_ p: Vector, _ depth: Double) -> Float {
        var value = Self.fat + Float(scene.texture.value(at: p, scale: 7)) * 8
        let below = -thorax.aboveDiaphragm(at: p)
        if below > -plane.edge { value = abdomenValue(p, cavity: depth, below: below, fat: value) }
        // Intercostal muscles line the cavity.
        return Self.muscle + (value - Self.muscle) * plane.coverage(depth - 1.5)
    }

    @inline(__always)
    private func abdomenValue(_ p: Vector, cavity: Double, below: Double, fat: Float) -> Float {
        var value = fat
        for part in Abdomen.standard.parts(at: p, cavity: cavity, below: below) {
            value += (part.hounsfield - value) * plane.coverage(part.depth)
        }
        return value
    }

    // MARK: Lungs

    /// Lung with its lesions, and how much of the place is fluid.
    @inline(__always)
    private func pleuralContent(
        _ side: LungSide, _ p: Vector, _ findings: [PlacedLesion]
    ) -> (hounsfield: Float, fluid: Float) {
        var value = parenchyma(side, p)
        var fluid: Float = 0
        // Effusion comes first among the findings and covers the others.
        for index in findings.indices.reversed() {
            let inside = findings[index].depth(side, at: p)
            guard inside > -6 else { continue }
            let kind = findings[index].kind
            let part = lesionCoverage(kind, inside)
            value += (lesionValue(kind, p) - value) * part
            if kind == .pleuralEffusion { fluid = max(fluid, part) }
        }
        return (value, fluid)
    }

    /// Aerated lung: denser towards the back, where its own weight presses it together; the fissures show as lines.
    @inline(__always)
    private func parenchyma(_ side: LungSide, _ p: Vector) -> Float {
        let texture = scene.texture.value(at: p, scale: 6) * 10 + scene.texture.value(at: p, scale: 30) * 10
        let value = Float(-857 - 0.24 * p.y + texture)
        let oblique = Fissures.oblique(side, p)
        var nearest = abs(oblique)
        if side == .right, oblique > 0 { nearest = min(nearest, abs(Fissures.horizontal(p))) }
        return value + 170 * Float(max(0, 1 - nearest / max(0.9, plane.edge))) * Float(min(1, 0.5 / plane.edge))
    }

    /// Ground glass fades into the lung; a consolidation ends sharply, fluid at once.
    @inline(__always)
    private func lesionCoverage(_ kind: LesionKind, _ depth: Double) -> Float {
        let blur: Double =
            switch kind {
            case .groundGlass: 2.5
            case .consolidation: 1
            case .pleuralEffusion: 0
            }
        let width = plane.edge + blur
        return Float(min(1, max(0, 0.5 + depth / (2 * width))))
    }

    @inline(__always)
    private func lesionValue(_ kind: LesionKind, _ p: Vector) -> Float {
        let value = Float(kind.hounsfield)
        switch kind {
        case .groundGlass:
            // Cloudy, with a net of thickened septa.
            let septa = abs(scene.texture.value(at: p, scale: 4.5))
            return value + Float(scene.texture.value(at: p, scale: 11) * 55 + (0.22 - septa) * 90)
        case .consolidation: return value + Float(scene.texture.value(at: p, scale: 5) * 12)
        case .pleuralEffusion: return value
        }
    }

    private mutating func paintPulmonaryTrees() {
        for tube in scene.trees.vessels { paintInLung(tube, Self.blood) }
        for tube in scene.trees.airways {
            paintInLung(tube.thickened(by: 0.5 + 0.15 * tube.largestRadius), 0)
        }
        for tube in scene.trees.airways { paintInLung(tube, -985) }
    }

    /// A tube, thinner than a pixel perhaps: then it fills its share of the pixel.
    @inline(__always)
    private mutating func paintInLung(_ tube: Capsule, _ value: Float) {
        let share = Float(min(1, tube.largestRadius / plane.edge))
        // The roots of the trees run through the fat of the hilum.
        let isRoot = tube.largestRadius > 3.2
        plane.forEachPixel(in: tube.bounds) { p, pixel in
            let coverage = plane.coverage(tube.depth(at: p)) * share
            guard coverage > 0 else { return }
            blend(value, isRoot ? coverage : coverage * lung[pixel], at: pixel)
        }
    }

    // MARK: Mediastinum and spine

    private mutating func paintMediastinum() {
        // Fat fills the grooves between the chambers.
        for chamber in thorax.heart.reversed() {
            paint(chamber.grown(by: 2), -80)
            paint(chamber, Self.blood + 4)
        }
        // Muscle is a little denser than the blood in it.
        paint(thorax.heart[0].grown(by: -11), Self.blood - 4)
        let parts = Mediastinum.standard
        for vessel in parts.vessels { paint(vessel, Self.blood) }
        for part in parts.oesophagus { paint(part, 38) }
        for part in parts.oesophagus.prefix(1) { paint(part.thickened(by: -5), -400) }
        for airway in parts.airways { paint(airway.thickened(by: Mediastinum.wall), 35) }
        for airway in parts.airways { paint(airway, -995) }
    }

    private mutating func paintSpine() {
        let bones = Skeleton.standard
        for disk in bones.disks { paint(disk, 82) }
        for vertebra in bones.vertebrae { paintBone(vertebra, cortex: 480, shell: 1.4, inside: 165) }
        for arch in bones.arches { paintBone(arch, cortex: 640, shell: 1.5, inside: 260) }
        for canal in bones.canal { paint(canal, 18) }
    }
}

/// The planes that part the lobes: signed distance in mm, positive towards the upper lobe.
enum Fissures {
    @inline(__always) static func oblique(_ side: LungSide, _ p: Vector) -> Double {
        let z = p.z - (side == .right ? 52 : 62) + 0.0012 * (p.x - side.sign * 70) * (p.x - side.sign * 70)
        return 0.7071 * (p.y + 80) + 0.7071 * z
    }

    /// Between the right upper and middle lobes.
    @inline(__always) static func horizontal(_ p: Vector) -> Double { p.z - 8 + 0.001 * (p.x - 60) * (p.x - 60) }
}
