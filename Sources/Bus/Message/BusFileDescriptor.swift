#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file descriptor of a message, closed with its last reference.
package final class BusFileDescriptor: Sendable {
    package let number: Int32

    /// Takes an open descriptor over.
    package init(owning number: Int32) { self.number = number }

    deinit { close(number) }
}

extension BusFileDescriptor: Hashable {
    package static func == (left: BusFileDescriptor, right: BusFileDescriptor) -> Bool { left.number == right.number }
    package func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
