import NeuralNet
import Testing

@Suite("Shape")
struct ShapeTests {
    @Test("counts elements, pixels and bytes")
    func counts() throws {
        let shape = try Shape(n: 2, h: 3, w: 5, c: 7)
        #expect(shape.count == 210)
        #expect(shape.pixels == 30)
        #expect(shape.bytes == 840)
    }

    @Test("refuses a dimension below 1", arguments: [(0, 1, 1, 1), (1, -4, 1, 1), (1, 1, 0, 1), (1, 1, 1, -1)])
    func emptyDimension(n: Int, h: Int, w: Int, c: Int) {
        #expect { try Shape(n: n, h: h, w: w, c: c) } throws: { ($0 as? NeuralNetError)?.code == .invalidArgument }
    }

    @Test("refuses a byte count beyond the address space")
    func overflow() {
        #expect { try Shape(n: 1 << 30, h: 1 << 20, w: 1 << 10, c: 2) } throws: {
            ($0 as? NeuralNetError)?.code == .outOfMemory
        }
    }
}
