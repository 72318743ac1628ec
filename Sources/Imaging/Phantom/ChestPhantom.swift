/// A chest that never was: a CT of the chest, its lung fields and its lesions, with volumes that are known in ml.
///
/// The patient is defined by formulas in millimetres of NIfTI's world (RAS: x to the right, y to the front, z to the
/// head; the origin lies in the middle of the chest), so that the same phantom on another grid, in another order or
/// oblique, is the same patient. The same seed gives the same bits, whatever the number of threads.
///
/// It lies on its back without contrast medium. The liver is under the right half of the diaphragm, which is higher;
/// heart, aortic arch, descending aorta, stomach bubble and spleen are on the left, where the lung is smaller.
public struct ChestPhantom: Sendable {
    public let seed: UInt64
    /// Standard deviation of the noise, HU.
    public let noise: Double
    public let findings: [PhantomFinding]
    /// True volumes, ml.
    public let truth: PhantomTruth
    private let scene: PhantomScene

    /// The smallest finding, ml: less cannot be placed exactly.
    public static let smallestFinding = 1.0

    /// Places the findings; where they meet, effusion goes before consolidation before ground glass, and each still has
    /// the volume that was asked for.
    ///
    /// - Parameters:
    ///   - seed: decides vessels, texture, noise and where the findings lie; organs and lungs are always the same.
    ///   - noise: standard deviation in HU, 0 for none.
    /// - Throws: `ImagingError.invalidArgument` for noise outside 0...1000 HU, a finding below `smallestFinding`, or one
    ///   that has no room in its lung.
    public init(seed: UInt64 = 1, noise: Double = 14, findings: [PhantomFinding] = []) throws(ImagingError) {
        guard noise >= 0, noise <= 1000 else {
            throw ImagingError(
                .invalidArgument, subject: "phantom", message: "The noise must lie in 0...1000 HU, not at \(noise) HU.")
        }
        var solver = VolumeSolver()
        let byPrecedence = findings.enumerated().sorted {
            ($1.element.kind.rawValue, $0.offset) < ($0.element.kind.rawValue, $1.offset)
        }
        for (index, finding) in byPrecedence {
            guard finding.volume >= Self.smallestFinding, finding.volume.isFinite else {
                throw ImagingError(
                    .invalidArgument, subject: "phantom",
                    message: "A \(finding.kind) has at least \(Self.smallestFinding) ml, not \(finding.volume) ml.")
            }
            var placement = LesionPlacement(seed: seed, finding: index)
            try solver.add(finding, shape: placement.shape(for: finding))
        }
        self.seed = seed
        self.noise = noise
        self.findings = findings
        truth = solver.truth
        scene = PhantomScene(seed: seed, lesions: solver.lesions)
    }

    /// Renders the phantom on any grid.
    ///
    /// HU are those of the mean over each voxel, edges to first order; labels are those of the voxel's centre.
    /// `threads` nil: as many as there are processors. The result does not depend on it.
    public func render(on grid: Grid, threads: Int? = nil) throws(ImagingError) -> PhantomRendering {
        try PhantomRenderer(scene: scene, noise: noise)
            .render(on: grid, threads: threads)
    }
}

/// A phantom on a grid.
public struct PhantomRendering: Sendable {
    /// HU, −1024...3071.
    public let ct: Volume<Int16, AsStored>
    /// 0 background, else the raw value of a `LesionKind`.
    public let lesions: Volume<UInt8, AsStored>
    /// 0 background, 1 right lung, 2 left lung; effusion is not lung, ground glass and consolidation are.
    public let lungs: Volume<UInt8, AsStored>
}
