import Foundation

/// Scalars for TensorBoard: an event file of TFRecords, each an `Event` message of tensorflow/core/util/event.proto.
struct TensorBoardFile {
    private(set) var bytes = Data()

    /// A file begins with its version. `wallTime` is in seconds since 1970.
    init(wallTime: Double) {
        append(ProtocolBuffer().double(1, wallTime).text(3, "brain.Event:2"))
    }

    mutating func add(_ scalars: [(tag: String, value: Float)], step: Int, wallTime: Double) {
        var summary = ProtocolBuffer()
        for (tag, value) in scalars where value.isFinite {
            summary = summary.message(1, ProtocolBuffer().text(1, tag).float(2, value))
        }
        append(ProtocolBuffer().double(1, wallTime).integer(2, UInt64(max(0, step))).message(5, summary))
    }

    /// A TFRecord: length, its checksum, content, its checksum.
    private mutating func append(_ event: ProtocolBuffer) {
        let length = Data(littleEndian: UInt64(event.bytes.count))
        bytes += length + Data(littleEndian: CRC32C.masked(length))
        bytes += event.bytes + Data(littleEndian: CRC32C.masked(event.bytes))
    }
}

/// The few kinds of protocol buffer fields that events need.
private struct ProtocolBuffer {
    var bytes = Data()

    func integer(_ field: UInt8, _ value: UInt64) -> ProtocolBuffer { adding(field, 0, varint(value)) }
    func double(_ field: UInt8, _ value: Double) -> ProtocolBuffer {
        adding(field, 1, Data(littleEndian: value.bitPattern))
    }
    func float(_ field: UInt8, _ value: Float) -> ProtocolBuffer {
        adding(field, 5, Data(littleEndian: value.bitPattern))
    }
    func text(_ field: UInt8, _ value: String) -> ProtocolBuffer { counted(field, Data(value.utf8)) }
    func message(_ field: UInt8, _ value: ProtocolBuffer) -> ProtocolBuffer { counted(field, value.bytes) }

    private func counted(_ field: UInt8, _ value: Data) -> ProtocolBuffer {
        adding(field, 2, varint(UInt64(value.count)) + value)
    }

    private func adding(_ field: UInt8, _ wireType: UInt8, _ value: Data) -> ProtocolBuffer {
        ProtocolBuffer(bytes: bytes + [field << 3 | wireType] + value)
    }

    private func varint(_ value: UInt64) -> Data {
        var result = Data()
        var rest = value
        while rest >= 0x80 {
            result.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return result + [UInt8(rest)]
    }
}

/// Castagnoli's CRC, as TFRecords use it.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
    }

    static func checksum(_ data: Data) -> UInt32 {
        ~data.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    /// Rotated and shifted, so that a checksum of data that holds checksums stays strong (TensorFlow's record format).
    static func masked(_ data: Data) -> UInt32 {
        let checksum = checksum(data)
        return (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
    }
}

extension Data {
    fileprivate init(littleEndian value: some FixedWidthInteger) {
        self = Swift.withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }
}
