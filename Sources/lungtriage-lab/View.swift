import ArgumentParser
import Imaging

/// Pictures of a CT.
struct View: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a CT volume as a PNG: three planes through a point, or a mosaic of axial slices.",
        discussion: """
            The patient's right is on the picture's left. Slices are counted from 1: axial from the feet, coronal from \
            the front, sagittal from the patient's right. Without --at and --slice the planes go through the largest \
            labelled area, or through the middle.
            """)

    @Argument(help: "CT volume (.nii, .nii.gz).") var input: String
    @Option(help: "Where the picture goes (.png).") var output: String
    @Option(
        parsing: .upToNextOption,
        help: "Label maps: 1 ground-glass opacity, 2 consolidation, 3 pleural effusion; filled.")
    var labels: [String] = []
    @Option(help: "Label map of a binary model: 1 infected; filled.") var infection: String?
    @Option(help: "Lung fields: 1 right, 2 left, or 1 both; outlined.") var lungs: String?
    @Option(help: "HU shown from black to white: lung, mediastinum, bone or CENTRE/WIDTH.")
    var window: WindowArgument = WindowArgument(window: .lung)
    @Option(parsing: .upToNextOption, help: "Slices to show, such as axial=74 coronal=260.")
    var slice: [SliceArgument] = []
    @Option(help: "Place to show: x,y,z in mm of the file's coordinates (to the right, front and head).")
    var at: PlaceArgument?
    @Option(help: "Show this many axial slices at even distances instead of the three planes.") var mosaic: Int?
    @Option(help: "Pixels of an axial slice's longer side. Default: 560, in mosaics 280.") var size: Int?

    func validate() throws {
        guard mosaic == nil || (slice.isEmpty && at == nil) else {
            throw ValidationError("--mosaic shows the whole volume: it goes with neither --slice nor --at.")
        }
        guard (1...1000).contains(mosaic ?? 1) else { throw ValidationError("--mosaic takes 1 to 1000 slices.") }
        guard (16...4096).contains(size ?? 560) else { throw ValidationError("--size takes 16 to 4096 pixels.") }
    }

    func run() throws {
        try ExitStatus.guarding {
            let volume = try NIfTIFile.read(input).lps()
            let settings = FigureSettings(
                window: window.window, layers: try layers(),
                title: input.split(separator: "/").last.map(String.init) ?? input)
            let picture: Picture
            if let mosaic {
                picture = try MosaicFigure(settings, count: mosaic, panelSize: size ?? 280).picture(of: volume)
            } else {
                let figure = ThreePlaneFigure(settings, panelSize: size ?? 560)
                picture = try figure.picture(of: volume, at: try point(in: volume.grid, figure: figure))
            }
            try PNG.write(picture, to: output)
        }
    }

    private func layers() throws -> [LabelLayer] {
        var layers = try labels.map { LabelLayer(try NIfTIFile.readLabels($0).lps(), scheme: .findings) }
        if let infection {
            layers.append(LabelLayer(try NIfTIFile.readLabels(infection).lps(), scheme: .infection))
        }
        if let lungs {
            let field = try NIfTIFile.readLabels(lungs).lps()
            let scheme: LabelScheme = field.voxels.contains(2) ? .lungs : .lungField
            layers.append(LabelLayer(field, scheme: scheme, style: .outlined))
        }
        return layers
    }

    /// The voxel that the options ask for.
    private func point(in grid: Grid, figure: ThreePlaneFigure) throws -> VoxelIndex {
        var point = figure.defaultPoint(on: grid)
        if let at {
            guard let asked = grid.voxel(at: at.point) else {
                throw ValidationError("The place given with --at lies outside the volume.")
            }
            point = asked
        }
        for slice in slice {
            let count = slice.plane.sliceCount(of: grid.size)
            guard (1...count).contains(slice.number) else {
                throw ValidationError(
                    "The volume has \(count) \(slice.plane.rawValue) slices, so --slice takes 1 to \(count) there.")
            }
            switch slice.plane {
            case .axial: point.k = slice.number - 1
            case .coronal: point.j = slice.number - 1
            case .sagittal: point.i = slice.number - 1
            }
        }
        return point
    }
}

/// `lung`, `mediastinum`, `bone` or `CENTRE/WIDTH`.
struct WindowArgument: ExpressibleByArgument {
    let window: Window

    init(window: Window) { self.window = window }

    init?(argument: String) {
        switch argument {
        case "lung": window = .lung
        case "mediastinum": window = .mediastinum
        case "bone": window = .bone
        default:
            let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
            guard numbers.count == 2, let center = numbers[0], let width = numbers[1],
                let window = try? Window(center: center, width: width)
            else { return nil }
            self.window = window
        }
    }

    var defaultValueDescription: String { "lung" }
}

/// `axial=74`: a plane and the number of its slice, counted from 1.
struct SliceArgument: ExpressibleByArgument {
    let plane: AnatomicalPlane
    let number: Int

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let plane = AnatomicalPlane(rawValue: String(parts[0])), let number = Int(parts[1])
        else { return nil }
        self.plane = plane
        self.number = number
    }
}

/// `x,y,z` in mm.
struct PlaceArgument: ExpressibleByArgument {
    let point: WorldPoint

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
        guard numbers.count == 3 else { return nil }
        point = WorldPoint(x: numbers[0], y: numbers[1], z: numbers[2])
    }
}
