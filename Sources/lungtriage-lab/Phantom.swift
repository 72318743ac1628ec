import ArgumentParser
import Foundation
import Imaging

struct Phantom: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a CT of a chest that never was, with label maps and true volumes.",
        discussion: """
            Writes NAME.nii.gz (HU), NAME_dseg.nii.gz (1 ground glass, 2 consolidation, 3 pleural effusion), \
            NAME_lung_dseg.nii.gz (1 right, 2 left lung) and NAME.json. Without any volume and without --healthy the \
            patient has all three.
            """)

    @Option(help: "A folder, made if needed, or a file that ends in .nii.gz or .nii.") var output: String
    @Option(help: "Voxels along left–right, back–front, feet–head.") var size = "512x512x148"
    @Option(help: "Millimetres along the same; the whole chest if not given.") var spacing: String?
    @Option(help: "How voxels are stored: one of the 48 orders.") var order = "LPS"
    @Option(help: "Turns the grid about the patient's x, y and z axis, degrees.") var tilt = "0x0x0"
    @Option(help: "Decides vessels, noise and where lesions lie.") var seed: UInt64 = 1
    @Option(help: "Ground glass, ml.") var ggo: Double?
    @Option(help: "Consolidation, ml.") var consolidation: Double?
    @Option(help: "Pleural effusion, ml.") var effusion: Double?
    @Option(help: "Standard deviation of the noise, HU.") var noise = 14.0
    @Flag(help: "Without lesions.") var healthy = false

    private static let moderate = (ggo: 150.0, consolidation: 60.0, effusion: 250.0)

    func validate() throws {
        guard parse(size, Int.init) != nil else {
            throw ValidationError("--size takes three whole numbers, as 64x64x32.")
        }
        guard spacing == nil || parse(spacing ?? "", Double.init) != nil else {
            throw ValidationError("--spacing takes three numbers, as 0.7x0.7x2.")
        }
        guard parse(tilt, Double.init) != nil else { throw ValidationError("--tilt takes three numbers, as 5x0x-3.") }
        guard VoxelOrder(order) != nil else {
            throw ValidationError("--order takes three letters of R L A P S I along three axes, as LPS.")
        }
        guard !healthy || (ggo == nil && consolidation == nil && effusion == nil) else {
            throw ValidationError("A healthy patient has no lesions: leave out --healthy or the volumes.")
        }
    }

    func run() throws {
        try ExitStatus.guarding {
            try makeFolder()
            let phantom = try ChestPhantom(seed: seed, noise: noise, findings: findings)
            let rendering = try phantom.render(on: try grid())
            let stem = stem
            try NIfTIFile.write(rendering.ct, to: stem.path + stem.suffix)
            try NIfTIFile.write(rendering.lesions, to: stem.path + "_dseg" + stem.suffix)
            try NIfTIFile.write(rendering.lungs, to: stem.path + "_lung_dseg" + stem.suffix)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            do {
                try encoder.encode(PhantomRecord(phantom, rendering.ct.grid))
                    .write(to: URL(fileURLWithPath: stem.path + ".json"), options: .atomic)
            } catch {
                throw ImagingError(
                    .fileAccess, subject: stem.path + ".json", message: "The file cannot be written.",
                    cause: error.localizedDescription)
            }
            print(stem.path + stem.suffix)
        }
    }

    /// Before the rendering: a path that cannot be written should not cost its seconds.
    private func makeFolder() throws {
        let folder = URL(fileURLWithPath: stem.path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ImagingError(
                .fileAccess, subject: folder.path, message: "The folder cannot be made.",
                cause: error.localizedDescription)
        }
    }

    private var findings: [PhantomFinding] {
        if healthy { return [] }
        let none = ggo == nil && consolidation == nil && effusion == nil
        let volumes = none ? Self.moderate : (ggo ?? 0, consolidation ?? 0, effusion ?? 0)
        return [
            PhantomFinding(.groundGlass, volume: volumes.0),
            PhantomFinding(.consolidation, volume: volumes.1, location: .right, zone: .lower),
            PhantomFinding(.pleuralEffusion, volume: volumes.2, location: .left),
        ].filter { $0.volume != 0 }
    }

    private func grid() throws -> Grid {
        guard let size = parse(size, Int.init), let tilt = parse(tilt, Double.init), let order = VoxelOrder(order)
        else {
            throw ValidationError("--size, --tilt or --order is not understood.")
        }
        let spacing = spacing.flatMap { parse($0, Double.init) }.map { Spacing(i: $0[0], j: $0[1], k: $0[2]) }
        return try ChestPhantom.grid(
            size: GridSize(i: size[0], j: size[1], k: size[2]), spacing: spacing, order: order,
            tilt: [tilt[0], tilt[1], tilt[2]])
    }

    /// Path and suffix of the files; in a folder they are called `phantom-SEED`.
    private var stem: (path: String, suffix: String) {
        for suffix in [".nii.gz", ".nii"] where output.hasSuffix(suffix) {
            return (String(output.dropLast(suffix.count)), suffix)
        }
        return ((output as NSString).appendingPathComponent("phantom-\(seed)"), ".nii.gz")
    }

    private func parse<Number>(_ text: String, _ number: (String) -> Number?) -> [Number]? {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { number(String($0)) }
        let numbers = parts.compactMap { $0 }
        return parts.count == 3 && numbers.count == 3 ? numbers : nil
    }
}

/// What NAME.json says: how to make the phantom again, and its true volumes.
private struct PhantomRecord: Encodable {
    let seed: UInt64
    let noiseHounsfield: Double
    let size: [Int]
    let spacingMillimetres: [Double]
    let order: String
    let trueMillilitres: PhantomTruth

    init(_ phantom: ChestPhantom, _ grid: Grid) {
        seed = phantom.seed
        noiseHounsfield = phantom.noise
        size = [grid.size.i, grid.size.j, grid.size.k]
        spacingMillimetres = [grid.spacing.i, grid.spacing.j, grid.spacing.k]
        order = "\(grid.order)"
        trueMillilitres = phantom.truth
    }
}
