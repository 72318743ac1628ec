/// Which voxels are neighbours. Components under `four` and `eight` each lie in one slice k.
public enum Connectivity: Int, Hashable, Sendable, CaseIterable {
    /// In a slice: shared edges.
    case four = 4
    /// In a slice: shared edges and corners.
    case eight = 8
    /// Shared faces.
    case six = 6
    /// Shared faces and edges.
    case eighteen = 18
    /// Shared faces, edges and corners.
    case twentySix = 26

    /// Whether a component may span slices.
    var crossesSlices: Bool { self != .four && self != .eight }

    /// An earlier row (j, k relative to one's own) whose runs may touch, and by how many voxels runs may miss each
    /// other along i and still be neighbours.
    struct EarlierRow {
        let j: Int
        let k: Int
        let slack: Int
    }

    /// Half of the neighbourhood: the other half is seen from the other side.
    var earlierRows: [EarlierRow] {
        switch self {
        case .four: [EarlierRow(j: -1, k: 0, slack: 0)]
        case .eight: [EarlierRow(j: -1, k: 0, slack: 1)]
        case .six: [EarlierRow(j: -1, k: 0, slack: 0), EarlierRow(j: 0, k: -1, slack: 0)]
        case .eighteen:
            [
                EarlierRow(j: -1, k: 0, slack: 1), EarlierRow(j: -1, k: -1, slack: 0),
                EarlierRow(j: 0, k: -1, slack: 1), EarlierRow(j: 1, k: -1, slack: 0),
            ]
        case .twentySix:
            [
                EarlierRow(j: -1, k: 0, slack: 1), EarlierRow(j: -1, k: -1, slack: 1),
                EarlierRow(j: 0, k: -1, slack: 1), EarlierRow(j: 1, k: -1, slack: 1),
            ]
        }
    }
}
