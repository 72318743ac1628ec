import Foundation
import Imaging
import Testing

@Suite struct WindowTests {
    /// By hand, from DICOM's formula.
    @Test func lungWindow() {
        let window = Window.lung
        #expect(window.gray(-1350) == 0)  // c − 0.5 − (w − 1)/2: still black
        #expect(window.gray(-1340) == 2)  // 10/1499 · 255 = 1.70
        #expect(window.gray(-600) == 128)  // (0.5/1499 + 0.5) · 255 = 127.59
        #expect(window.gray(-601) == 127)  // (−0.5/1499 + 0.5) · 255 = 127.41
        #expect(window.gray(100) == 247)  // 1450/1499 · 255 = 246.66
        #expect(window.gray(149) == 255)
        #expect(window.gray(3000) == 255 && window.gray(-3000) == 0)
        #expect(window.gray(.nan) == 0)
    }

    @Test func otherPresets() {
        #expect(Window.mediastinum.gray(-160) == 0 && Window.mediastinum.gray(239) == 255)
        #expect(Window.mediastinum.gray(139) == 191)  // (99.5/399 + 0.5) · 255 = 191.09
        #expect(Window.bone.gray(-500) == 0 && Window.bone.gray(1299) == 255)
        #expect(Window.lung.description == "W 1500 L −600 HU")
    }

    @Test func narrowWindow() throws {
        let window = try Window(center: 40, width: 5)
        // (HU − 39.5)/4 + 0.5, times 255: 0, 31.9, 95.6, 159.4, 223.1, 255
        #expect((37...42).map { window.gray(Double($0)) } == [0, 32, 96, 159, 223, 255])
    }

    @Test func aWindowOfOneUnitIsAThreshold() throws {
        let window = try Window(center: 40, width: 1)
        #expect(window.gray(39) == 0 && window.gray(39.5) == 0 && window.gray(40) == 255)
    }

    @Test(arguments: [(0, 0.5), (0, 0), (0, -4), (Double.nan, 5), (0, .infinity)])
    func nonsenseIsRefused(center: Double, width: Double) {
        #expect { try Window(center: center, width: width) } throws: {
            ($0 as? ImagingError)?.code == .invalidArgument
        }
    }
}

@Suite struct ColorMapTests {
    /// Made by Tests/Golden/imaging/colormaps.py with matplotlib 3.11.2: entry of 256, colour.
    private static let hot: [(entry: Int, color: UInt32)] = [
        (0, 0x0B0000), (17, 0x370000), (51, 0x900000), (93, 0xFF0000), (110, 0xFF2C00), (150, 0xFF9500),
        (190, 0xFFFE00), (201, 0xFFFF2A), (230, 0xFFFF9D), (255, 0xFFFFFF),
    ]
    private static let viridis: [(entry: Int, color: UInt32)] = [
        (0, 0x440154), (17, 0x481A6C), (51, 0x414487), (93, 0x2D708E), (110, 0x27808E), (150, 0x21A585),
        (190, 0x5AC864), (201, 0x73D056), (230, 0xBDDF26), (255, 0xFDE725),
    ]

    private func distance(_ a: RGB, _ b: RGB) -> Int {
        zip([a.red, a.green, a.blue], [b.red, b.green, b.blue]).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }

    @Test func agreeWithMatplotlib() {
        for (entry, color) in ColorMapTests.hot {
            let own = ColorMap.hot.color(Double(entry) / 255)
            #expect(distance(own, RGB(hex: color)) <= 1, "hot \(entry): \(own)")
        }
        for (entry, color) in ColorMapTests.viridis {
            let own = ColorMap.viridis.color(Double(entry) / 255)
            #expect(distance(own, RGB(hex: color)) <= 2, "viridis \(entry): \(own)")
        }
        #expect(ColorMap.gray.color(0.2) == RGB(gray: 51))
    }

    @Test(arguments: ColorMap.allCases) func endsHoldBeyondTheRange(map: ColorMap) {
        #expect(map.color(-3) == map.color(0) && map.color(.nan) == map.color(0))
        #expect(map.color(3) == map.color(1) && map.color(.infinity) == map.color(1))
    }
}

@Suite struct LabelSchemeTests {
    /// Matrices for linear RGB at full severity: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A
    /// Physiologically-based Model for Simulation of Color Vision Deficiency", 2009.
    private static let visions: [(name: String, rows: [SIMD3<Double>])] = [
        ("normal", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (
            "protanopia",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        ),
        (
            "deuteranopia",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        ),
        (
            "tritanopia",
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        ),
    ]

    private func linear(_ color: RGB) -> SIMD3<Double> {
        func decode(_ byte: UInt8) -> Double {
            let value = Double(byte) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return [decode(color.red), decode(color.green), decode(color.blue)]
    }

    /// CIELAB under D65.
    private func lab(_ rgb: SIMD3<Double>) -> SIMD3<Double> {
        func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }
        let xyz = SIMD3(
            dot([0.4124564, 0.3575761, 0.1804375], rgb) / 0.95047, dot([0.2126729, 0.7151522, 0.0721750], rgb),
            dot([0.0193339, 0.1191920, 0.9503041], rgb) / 1.08883)
        func f(_ t: Double) -> Double { t > 216.0 / 24389 ? pow(t, 1.0 / 3) : (24389.0 / 27 * t + 16) / 116 }
        return [116 * f(xyz.y) - 16, 500 * (f(xyz.x) - f(xyz.y)), 200 * (f(xyz.y) - f(xyz.z))]
    }

    @Test func coloursStayApartForColourBlindReaders() {
        let labels = LabelScheme.findings.labels + LabelScheme.lungs.labels
        for vision in LabelSchemeTests.visions {
            let seen = labels.map { label in
                let light = linear(label.color)
                let mixed = SIMD3(
                    (vision.rows[0] * light).sum(), (vision.rows[1] * light).sum(), (vision.rows[2] * light).sum())
                return lab(mixed.clamped(lowerBound: .zero, upperBound: .one))
            }
            for a in labels.indices {
                for b in labels.indices where a < b {
                    let difference = seen[a] - seen[b]
                    let distance = (difference * difference).sum().squareRoot()
                    #expect(distance >= 30, "\(labels[a].name) and \(labels[b].name) in \(vision.name): \(distance)")
                }
            }
        }
    }

    @Test func unknownValuesAreNamedByNumber() {
        #expect(LabelScheme.findings.label(of: 2).name == "Consolidation")
        #expect(LabelScheme.findings.label(of: 77).name == "Label 77")
    }
}
