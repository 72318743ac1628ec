import CPlatform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The system calls that change files, so that a test can make each of them fail. On failure they set `errno`.
package struct FileSystemCalls: Sendable {
    package var openFile: @Sendable (_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32
    package var writeBytes: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int
    package var synchronise: @Sendable (_ descriptor: Int32) -> Int32
    package var closeFile: @Sendable (_ descriptor: Int32) -> Int32
    package var renameFile: @Sendable (_ from: String, _ to: String) -> Int32
    /// Fails with EEXIST when there is something of the new name.
    package var renameNew: @Sendable (_ from: String, _ to: String) -> Int32
    package var removeFile: @Sendable (_ path: String) -> Int32
    package var makeFolder: @Sendable (_ path: String, _ mode: mode_t) -> Int32

    package static let system = FileSystemCalls(
        openFile: { open($0, $1, $2) }, writeBytes: { write($0, $1, $2) }, synchronise: { fsync($0) },
        closeFile: { close($0) }, renameFile: { rename($0, $1) },
        renameNew: { lungtriage_rename_new($0, $1) }, removeFile: { unlink($0) },
        makeFolder: { mkdir($0, $1) })
}
