/// A link into a page's own folder that can be nothing else: no scheme, no server, no query, no way up.
enum RelativeLink {
    /// `path` has `/` between names, which may hold anything.
    static func to(_ path: String) -> String {
        let names = path.split(separator: "/").filter { $0 != "." && $0 != ".." }.map { name in
            name.utf8.map { byte in
                isUnreserved(byte) ? String(UnicodeScalar(byte)) : "%" + hex(byte)
            }.joined()
        }
        return "./" + names.joined(separator: "/")
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": true
        default: false
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return text.count < 2 ? "0" + text : text
    }
}
