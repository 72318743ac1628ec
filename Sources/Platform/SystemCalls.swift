#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A system call that failed, or that could not be made: one sentence, and `errno` where there is one.
package struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    package let code: Int32?

    package init(_ message: String, code: Int32? = nil) {
        self.message = message
        self.code = code
    }

    /// The text of the code.
    package var cause: String? { code.map(errnoText) }

    package var description: String { message + (cause.map { " (\($0))" } ?? "") }
}

/// Repeats a system call while a signal interrupts it.
package func retryingInterrupted<Value: SignedInteger>(_ call: () -> Value) -> Value {
    while true {
        let value = call()
        if value != -1 || errno != EINTR { return value }
    }
}

/// The text of an `errno` value.
package func errnoText(_ code: Int32) -> String {
    String(cString: strerror(code))
}

/// Throws for a path that C would read differently from Swift: empty, or with a NUL inside.
package func requireUsablePath(_ path: String) throws(SystemCallError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
        throw SystemCallError("A file's path must not be empty or contain a NUL character.")
    }
}
