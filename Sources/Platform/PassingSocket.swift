import CPlatform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Sockets that carry descriptors beside bytes (unix(7), SCM_RIGHTS).
package enum PassingSocket {
    /// Sends all of `bytes`, a file with the first of them. False when they are not taken: the peer is gone, or, where the call
    /// must not wait, does not read.
    package static func send(_ bytes: [UInt8], with file: OpenFile? = nil, on socket: Int32, waits: Bool) -> Bool {
        withExtendedLifetime(file) {
            var rest = bytes[...]
            var passed = file?.descriptor ?? -1
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { bytes in
                    retryingInterrupted {
                        lungtriage_send(
                            socket, bytes.baseAddress, bytes.count, passed, waits ? 0 : Int32(MSG_DONTWAIT))
                    }
                }
                guard count > 0 else { return false }
                passed = -1
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    /// What can be read now, as read(2) says it, and the file that came with it.
    package static func receive(
        into buffer: UnsafeMutableRawBufferPointer, from socket: Int32
    ) -> (count: Int, file: OpenFile?) {
        var passed: Int32 = -1
        let count = retryingInterrupted { lungtriage_receive(socket, buffer.baseAddress, buffer.count, &passed) }
        return (count, passed >= 0 ? OpenFile(taking: passed) : nil)
    }
}
