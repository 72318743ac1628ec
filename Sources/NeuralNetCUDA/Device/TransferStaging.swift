import CCUDA
import CUDARuntime
import Foundation
import NeuralNet

/// Transfers between the host and the device, in pieces through pinned blocks that take turns: while the device copies one,
/// the host fills or empties the next, and a few uploads may wait behind other work without the host. Float32 values become another element type on the device.
///
/// `@unchecked Sendable`: the lock lets one transfer at a time use the blocks.
package final class TransferStaging: @unchecked Sendable {
    /// Large enough to reach the bus's full speed, small enough to stay in the processor's cache.
    package static let pieceBytes = 4 << 20

    private let context: CUDAContext
    private let blocks: [PinnedMemory]
    /// Whose turn it is; guarded by the lock.
    private var turn = 0
    /// Float32 values on their way to or from another element type.
    private let values: CUDABuffer
    private let lock = NSLock()

    /// Throws `outOfMemory`, `device`.
    init(in context: CUDAContext) throws(NeuralNetError) {
        self.context = context
        var blocks: [PinnedMemory] = []
        for _ in 0..<4 { blocks.append(try PinnedMemory(bytes: TransferStaging.pieceBytes, in: context)) }
        self.blocks = blocks
        values = try CUDABuffer(bytes: TransferStaging.pieceBytes, in: context)
    }

    /// Copies bytes to a device address; the source may change as soon as the call returns.
    func upload(_ source: UnsafeRawBufferPointer, to address: lt_cuda_address) {
        lock.withLock {
            for piece in pieces(source.count) { send(piece, of: source, to: address + lt_cuda_address(piece.start)) }
        }
    }

    /// Copies float32 values to the device and calls `convert` with each piece: its values' address, the index of the first
    /// and their number.
    func upload(
        _ source: UnsafeBufferPointer<Float>, convert: (lt_cuda_address, _ first: Int, _ count: Int) -> Void
    ) {
        let size = MemoryLayout<Float>.size
        lock.withLock {
            for piece in pieces(source.count * size) {
                send(piece, of: UnsafeRawBufferPointer(source), to: values.address)
                convert(values.address, piece.start / size, piece.bytes / size)
            }
        }
    }

    /// Waits for the work so far and copies from a device address to the host.
    func download(_ address: lt_cuda_address, to destination: UnsafeMutableRawBufferPointer) {
        lock.withLock {
            receive(pieces(destination.count), into: destination) { address + lt_cuda_address($0.start) }
        }
    }

    /// The same for values that `convert` brings to float32 at the address it is given.
    func download(
        to destination: UnsafeMutableBufferPointer<Float>,
        convert: (lt_cuda_address, _ first: Int, _ count: Int) -> Void
    ) {
        let size = MemoryLayout<Float>.size
        lock.withLock {
            receive(pieces(destination.count * size), into: UnsafeMutableRawBufferPointer(destination)) { piece in
                convert(values.address, piece.start / size, piece.bytes / size)
                return values.address
            }
        }
    }

    private struct Piece {
        let block: PinnedMemory
        let start, bytes: Int
    }

    /// The pieces of a transfer, each with the block whose turn it then is. Only called with the lock.
    private func pieces(_ bytes: Int) -> [Piece] {
        stride(from: 0, to: bytes, by: TransferStaging.pieceBytes).map { start in
            defer { turn = (turn + 1) % blocks.count }
            return Piece(
                block: blocks[turn], start: start, bytes: min(TransferStaging.pieceBytes, bytes - start))
        }
    }

    private func send(_ piece: Piece, of source: UnsafeRawBufferPointer, to address: lt_cuda_address) {
        let block = piece.block
        block.wait()
        block.address.copyMemory(from: source.baseAddress! + piece.start, byteCount: piece.bytes)
        context.enqueue("upload") { context.driver.copyToDevice(address, block.address, piece.bytes, $0) }
        block.markUsed()
    }

    /// One piece is on its way while the one before it is copied out of its block.
    private func receive(
        _ pieces: [Piece], into destination: UnsafeMutableRawBufferPointer, from source: (Piece) -> lt_cuda_address
    ) {
        for number in 0..<(pieces.count + 1) {
            if number < pieces.count {
                let block = pieces[number].block
                // An upload may still be reading it.
                block.wait()
                let address = source(pieces[number])
                context.enqueue("download") {
                    context.driver.copyToHost(block.address, address, pieces[number].bytes, $0)
                }
                block.markUsed()
            }
            if number > 0 {
                let piece = pieces[number - 1]
                piece.block.wait()
                (destination.baseAddress! + piece.start).copyMemory(from: piece.block.address, byteCount: piece.bytes)
            }
        }
    }
}
