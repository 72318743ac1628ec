/// What lies under the diaphragm: liver on the right, spleen and a stomach with its air bubble on the left.
struct Abdomen: Sendable {
    static let standard = Abdomen()

    private let spleen = Ellipsoid(center: [-92, -44, -128], radii: [58, 46, 30], direction: [0.25, -0.2, 1])
    private let stomach = Ellipsoid(center: [-62, 26, -128], radii: [58, 50, 62], direction: [1, 0.3, -0.2])
    /// The patient lies on the back, so the air rises to the front.
    private let stomachLevel = 30.0

    let liverVessels: [Capsule] = [
        Capsule(from: [26, -10, -100], to: [70, -25, -92], radius: 4.5, endRadius: 2.5),
        Capsule(from: [26, -6, -98], to: [58, 30, -100], radius: 4, endRadius: 2.5),
        Capsule(from: [24, -2, -100], to: [2, 42, -112], radius: 3.6, endRadius: 2),
        Capsule(from: [30, 8, -140], to: [80, -5, -132], radius: 5.5, endRadius: 3),
    ]

    struct Part {
        let depth: Double
        let hounsfield: Float
    }

    /// The organs at a place, each covering those before it, `cavity` mm inside the rib cage and `below` mm below the
    /// diaphragm.
    @inline(__always)
    func parts(at p: Vector, cavity: Double, below: Double) -> [Part] {
        let room = min(cavity - 1.5, below - 2.5)
        let stomachDepth = min(stomach.depth(at: p), room)
        let inStomach = stomachDepth - 3
        // The liver's left lobe reaches across the midline in front only.
        let liver = 0.85 * p.x + 0.53 * p.y + 12 - 0.0035 * (p.y + 20) * (p.y + 20)
        return [
            Part(depth: min(spleen.depth(at: p), room), hounsfield: 49),
            Part(depth: stomachDepth, hounsfield: 44),
            Part(depth: inStomach, hounsfield: 22),
            Part(depth: min(inStomach, p.y - stomachLevel), hounsfield: -990),
            Part(depth: min(liver, room), hounsfield: 58),
            // The muscle of the diaphragm itself.
            Part(depth: min(below, 2.5 - below), hounsfield: 48),
        ]
    }
}
