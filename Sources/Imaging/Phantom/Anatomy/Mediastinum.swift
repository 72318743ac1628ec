/// Great vessels, oesophagus, trachea and main bronchi.
struct Mediastinum: Sendable {
    static let standard = Mediastinum()

    /// Blood-filled, about 40 HU without contrast.
    let vessels: [Capsule]
    let oesophagus: [Capsule]
    /// Lumina of trachea and main bronchi; their walls are 1.3 mm thick.
    let airways: [Capsule]
    static let wall = 1.3

    /// Where the lungs' own trees begin: pulmonary arteries, veins and bronchi.
    static func arteryRoot(_ side: LungSide) -> Vector { side == .right ? [34, -14, 8] : [-36, -16, 18] }
    static func veinRoot(_ side: LungSide) -> Vector { side == .right ? [30, -14, -22] : [-36, -14, -18] }
    static func bronchusRoot(_ side: LungSide) -> Vector { side == .right ? [34, -24, 8] : [-42, -26, 6] }

    private init() {
        vessels = Self.aorta + Self.archBranches + Self.cavalVeins + Self.pulmonaryVessels
        oesophagus = Capsule.chain(
            [[-4, -30, 160], [-5, -36, 60], [-6, -42, 0], [-8, -42, -70], [-24, -22, -112]], radius: 7)
        airways =
            Capsule.chain([[0, 2, 160], [1, -10, 90], [1, -22, 42]], radius: 8.6)
            + [
                Capsule(from: [1, -22, 42], to: Self.bronchusRoot(.right), radius: 7.2, endRadius: 6.2),
                Capsule(from: [1, -22, 42], to: Self.bronchusRoot(.left), radius: 6.6, endRadius: 5.4),
            ]
    }

    /// Ascending aorta, arch, and descending aorta on the left of the spine.
    private static var aorta: [Capsule] {
        let ascending: [Vector] = [[4, 14, -22], [15, 22, 12], [15, 24, 38], [9, 16, 55]]
        let arch: [Vector] = [[9, 16, 55], [-2, 0, 62], [-14, -20, 62], [-20, -38, 54]]
        let descending: [Vector] = [
            [-20, -38, 54], [-22, -50, 30], [-21, -49, -40], [-14, -41, -100], [-8, -32, -165],
        ]
        return Capsule.chain(ascending, radius: 16) + Capsule.chain(arch, radius: 13.5)
            + Capsule.chain(descending, radius: 12)
    }

    /// Brachiocephalic trunk, left common carotid and left subclavian artery.
    private static var archBranches: [Capsule] {
        Capsule.chain([[6, 12, 60], [12, 8, 85], [20, 4, 120], [22, 0, 160]], radius: 6)
            + Capsule.chain([[-5, -2, 64], [-10, 2, 95], [-18, 0, 160]], radius: 4)
            + Capsule.chain([[-14, -16, 64], [-20, -18, 95], [-34, -14, 130], [-60, -8, 150]], radius: 5)
    }

    /// Superior vena cava, brachiocephalic veins, azygos, inferior vena cava.
    private static var cavalVeins: [Capsule] {
        let superior = Capsule.chain([[24, 8, -20], [27, 8, 15], [26, 12, 70]], radius: 9.5)
        let left = Capsule.chain([[26, 12, 70], [4, 34, 76], [-20, 28, 94], [-34, 20, 140]], radius: 6.5)
        let right = Capsule.chain([[26, 12, 70], [30, 14, 100], [36, 10, 150]], radius: 7)
        let azygos = Capsule.chain([[8, -44, -150], [8, -46, 20], [14, -34, 38], [24, 0, 40]], radius: 4)
        let inferior = Capsule.chain([[22, -14, -160], [23, -8, -70], [20, 0, -50]], radius: 12)
        return superior + left + right + azygos + inferior
    }

    /// Pulmonary trunk, its two arteries, and the veins at the left atrium.
    private static var pulmonaryVessels: [Capsule] {
        let trunk = Capsule.chain([[-20, 38, -12], [-20, 22, 14], [-17, 6, 22]], radius: 13.5)
        let left = Capsule.chain([[-17, 6, 22], [-30, -10, 20], arteryRoot(.left)], radius: 10)
        let right = Capsule.chain([[-17, 6, 22], [2, -4, 14], [22, -10, 10], arteryRoot(.right)], radius: 10)
        let veins = [
            Capsule(from: [10, -14, -26], to: veinRoot(.right), radius: 7),
            Capsule(from: [-14, -14, -24], to: veinRoot(.left), radius: 7),
        ]
        return trunk + left + right + veins
    }
}
