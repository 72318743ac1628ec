/// A direction in the patient, as the patient would say it: left is the patient's left.
public enum AnatomicalDirection: Character, Hashable, Sendable, CaseIterable {
    case right = "R"
    case left = "L"
    case anterior = "A"
    case posterior = "P"
    case superior = "S"
    case inferior = "I"

    public var opposite: AnatomicalDirection {
        switch self {
        case .right: .left
        case .left: .right
        case .anterior: .posterior
        case .posterior: .anterior
        case .superior: .inferior
        case .inferior: .superior
        }
    }

    /// The axis of NIfTI's world coordinates: 0 from left to right, 1 from back to front, 2 from feet to head.
    public var worldAxis: Int {
        switch self {
        case .right, .left: 0
        case .anterior, .posterior: 1
        case .superior, .inferior: 2
        }
    }

    /// Whether world coordinates (RAS+) grow in this direction.
    public var isPositive: Bool { self == .right || self == .anterior || self == .superior }

    init(worldAxis: Int, positive: Bool) {
        switch worldAxis {
        case 0: self = positive ? .right : .left
        case 1: self = positive ? .anterior : .posterior
        default: self = positive ? .superior : .inferior
        }
    }
}

/// Where the three voxel axes of a volume point, nearest anatomical direction each: one of 48 orders.
///
/// Written as three letters, the directions in which i, j and k grow: LPS is DICOM's order, RAS is NIfTI's world.
public struct VoxelOrder: Hashable, Sendable, CustomStringConvertible {
    public let i: AnatomicalDirection
    public let j: AnatomicalDirection
    public let k: AnatomicalDirection

    /// Nil unless the three directions lie along three different axes.
    public init?(_ i: AnatomicalDirection, _ j: AnatomicalDirection, _ k: AnatomicalDirection) {
        guard Set([i.worldAxis, j.worldAxis, k.worldAxis]).count == 3 else { return nil }
        self.i = i
        self.j = j
        self.k = k
    }

    /// From three letters, such as `LPS`. Nil for anything else.
    public init?(_ letters: String) {
        let directions = letters.compactMap(AnatomicalDirection.init(rawValue:))
        guard letters.count == 3, directions.count == 3 else { return nil }
        self.init(directions[0], directions[1], directions[2])
    }

    private init(distinct i: AnatomicalDirection, _ j: AnatomicalDirection, _ k: AnatomicalDirection) {
        self.i = i
        self.j = j
        self.k = k
    }

    public static let lps = VoxelOrder(distinct: .left, .posterior, .superior)
    public static let ras = VoxelOrder(distinct: .right, .anterior, .superior)

    /// All 48 orders.
    public static let allCases: [VoxelOrder] = AnatomicalDirection.allCases.flatMap { i in
        AnatomicalDirection.allCases.flatMap { j in
            AnatomicalDirection.allCases.compactMap { k in VoxelOrder(i, j, k) }
        }
    }

    /// The directions of the axes i, j, k.
    public var directions: [AnatomicalDirection] { [i, j, k] }
    public var description: String { String([i.rawValue, j.rawValue, k.rawValue]) }
}

extension VoxelOrder {
    /// The assignment of voxel axes to world axes that loses least: of the six, the one whose cosines multiply to the
    /// largest product. For a full-rank affine one always exists, since at least one product is not zero. Products that
    /// differ by no more than rounding count as equal, and the first in the list wins: a grid turned by 45° keeps its
    /// order when its axes are permuted to that order.
    public init(nearestTo affine: Affine) {
        let cosines = affine.columns.map { column in column / (column * column).sum().squareRoot() }
        var best = (score: 0.0, axes: [0, 1, 2])
        for axes in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let score = abs(cosines[0][axes[0]] * cosines[1][axes[1]] * cosines[2][axes[2]])
            if score > best.score * (1 + 1e-9) { best = (score, axes) }
        }
        let directions = (0..<3).map {
            AnatomicalDirection(worldAxis: best.axes[$0], positive: cosines[$0][best.axes[$0]] > 0)
        }
        self.init(distinct: directions[0], directions[1], directions[2])
    }
}
