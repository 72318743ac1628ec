/// One of the two lungs, the patient's; the raw value is its label in a lung-field map.
public enum LungSide: UInt8, Hashable, Sendable, CaseIterable, Codable {
    case right = 1
    case left = 2

    /// +1 on the right, where the world's x is positive.
    var sign: Double { self == .right ? 1 : -1 }
}

/// What a lesion is; the raw value is its label in a lesion map.
public enum LesionKind: UInt8, Hashable, Sendable, CaseIterable, Codable {
    case groundGlass = 1
    case consolidation = 2
    case pleuralEffusion = 3

    /// Mean HU where neither vessels nor airways run through it.
    public var hounsfield: Int16 {
        switch self {
        case .groundGlass: -560
        case .consolidation: 35
        case .pleuralEffusion: 10
        }
    }
}

/// Something wrong in the chest, of a volume that is asked for.
public struct PhantomFinding: Hashable, Sendable {
    /// Where in the lungs.
    public enum Location: Hashable, Sendable {
        case right, left
        /// Patches alternate between the lungs; an effusion lies on both sides.
        case bothLungs

        var sides: [LungSide] {
            switch self {
            case .right: [.right]
            case .left: [.left]
            case .bothLungs: [.right, .left]
            }
        }
    }

    /// Height in the lungs. An effusion always lies lowest and hindmost.
    public enum Zone: Hashable, Sendable { case upper, middle, lower, anywhere }

    public let kind: LesionKind
    /// ml, of both lungs together.
    public let volume: Double
    public let location: Location
    public let zone: Zone

    public init(_ kind: LesionKind, volume: Double, location: Location = .bothLungs, zone: Zone = .anywhere) {
        self.kind = kind
        self.volume = volume
        self.location = location
        self.zone = zone
    }

    /// A moderate case: peripheral ground glass in both lungs (150 ml), a consolidation on the right (60 ml), an
    /// effusion on the left (250 ml).
    public static let moderate: [PhantomFinding] = [
        PhantomFinding(.groundGlass, volume: 150),
        PhantomFinding(.consolidation, volume: 60, location: .right, zone: .lower),
        PhantomFinding(.pleuralEffusion, volume: 250, location: .left),
    ]
}

/// The volumes of a phantom in ml, independent of any grid.
public struct PhantomTruth: Hashable, Sendable, Codable {
    public struct Sides: Hashable, Sendable, Codable {
        public var right: Double
        public var left: Double
        public var total: Double { right + left }

        subscript(side: LungSide) -> Double {
            get { side == .right ? right : left }
            set { if side == .right { right = newValue } else { left = newValue } }
        }
    }

    /// Lung fields: with the vessels, airways, ground glass and consolidations inside them, without effusion.
    public internal(set) var lung: Sides
    public internal(set) var groundGlass = Sides(right: 0, left: 0)
    public internal(set) var consolidation = Sides(right: 0, left: 0)
    public internal(set) var pleuralEffusion = Sides(right: 0, left: 0)

    public subscript(kind: LesionKind) -> Sides {
        switch kind {
        case .groundGlass: groundGlass
        case .consolidation: consolidation
        case .pleuralEffusion: pleuralEffusion
        }
    }

    mutating func add(_ volume: Sides, of kind: LesionKind) {
        func sum(_ a: Sides) -> Sides { Sides(right: a.right + volume.right, left: a.left + volume.left) }
        switch kind {
        case .groundGlass: groundGlass = sum(groundGlass)
        case .consolidation: consolidation = sum(consolidation)
        case .pleuralEffusion:
            pleuralEffusion = sum(pleuralEffusion)
            lung.right -= volume.right
            lung.left -= volume.left
        }
    }
}
