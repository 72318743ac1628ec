/// One letter as pen strokes, in Hershey's units: y grows downwards.
struct Glyph: Sendable {
    static let capHeight = 21.0
    static let baseline = 9.0

    let left: Double
    let right: Double
    let strokes: [[(x: Double, y: Double)]]

    /// Decodes Hershey's letters: two margins, then pairs of x and y around `R`; a blank as x lifts the pen.
    private init(code: Substring) {
        let values = code.utf8.map { Double($0) - Double(UInt8(ascii: "R")) }
        let penUp = Double(UInt8(ascii: " ")) - Double(UInt8(ascii: "R"))
        left = values.count > 0 ? values[0] : 0
        right = values.count > 1 ? values[1] : 0
        var strokes: [[(x: Double, y: Double)]] = [[]]
        for index in stride(from: 2, to: values.count - 1, by: 2) {
            if values[index] == penUp {
                strokes.append([])
            } else {
                strokes[strokes.count - 1].append((values[index], values[index + 1]))
            }
        }
        self.strokes = strokes.filter { !$0.isEmpty }
    }

    /// The glyph of a character; the question mark's for one that the font lacks.
    static func named(_ character: Character) -> Glyph {
        all[character] ?? all["?"] ?? Glyph(code: "JZ")
    }

    private static let all: [Character: Glyph] = {
        var glyphs = HersheyGlyphs.beyondASCII.mapValues { Glyph(code: Substring($0)) }
        for (index, code) in HersheyGlyphs.ascii.split(separator: "\n").enumerated() {
            glyphs[Character(UnicodeScalar(UInt8(32 + index)))] = Glyph(code: code)
        }
        return glyphs
    }()
}
