import CModelPlugin

/// A label that a plugin gives.
public struct PluginLabel: Hashable, Sendable, Codable {
    public let value: UInt8
    public let name: String
    /// A few letters, such as "GGO".
    public let abbreviation: String
    /// 0xRRGGBB
    public let color: UInt32

    public init(value: UInt8, name: String, abbreviation: String, color: UInt32) {
        self.value = value
        self.name = name
        self.abbreviation = abbreviation
        self.color = color
    }
}

/// The volumes that a plugin was made for; nil where it sets no limit.
public struct PluginDomain: Hashable, Sendable, Codable {
    /// Whether voxels must be Hounsfield units.
    public let needsHounsfield: Bool
    /// mm between pixels of a slice.
    public let smallestPixelSpacing: Double?
    public let largestPixelSpacing: Double?
    /// mm between slices.
    public let smallestSliceSpacing: Double?
    public let largestSliceSpacing: Double?

    public init(
        needsHounsfield: Bool = true, pixelSpacing: ClosedRange<Double>? = nil, sliceSpacing: ClosedRange<Double>? = nil
    ) {
        self.needsHounsfield = needsHounsfield
        smallestPixelSpacing = pixelSpacing?.lowerBound
        largestPixelSpacing = pixelSpacing?.upperBound
        smallestSliceSpacing = sliceSpacing?.lowerBound
        largestSliceSpacing = sliceSpacing?.upperBound
    }

    init(_ domain: lungtriage_domain) {
        func limit(_ value: Double) -> Double? { value.isFinite && value > 0 ? value : nil }
        needsHounsfield = domain.needs_hounsfield != 0
        smallestPixelSpacing = limit(domain.smallest_pixel_spacing)
        largestPixelSpacing = limit(domain.largest_pixel_spacing)
        smallestSliceSpacing = limit(domain.smallest_slice_spacing)
        largestSliceSpacing = limit(domain.largest_slice_spacing)
    }
}

/// What a plugin's library says of itself, copied and checked.
public struct PluginDescriptor: Hashable, Sendable {
    public let id: String
    public let name: String
    public let version: String
    public let abi: ABIVersion
    public let role: PluginRole
    public let labels: [PluginLabel]
    public let domain: PluginDomain

    /// What the version 1.0 of the struct holds; a library that says less has not filled the table.
    private static let leastSize = MemoryLayout<lungtriage_plugin>.offset(of: \.describe) ?? 0
    private static let mostLabels = 255

    /// Copies and checks; throws `wrongABI` before anything else is looked at, and `badDescriptor`.
    init(_ plugin: lungtriage_plugin, folder: String) throws(PluginError) {
        func refused(_ message: String) -> PluginError {
            PluginError(.badDescriptor, plugin: folder, message: "The library \(message)")
        }
        abi = ABIVersion(major: Int(plugin.abi_major), minor: Int(plugin.abi_minor))
        guard abi.isUsable else { throw PluginError(abi: abi, plugin: folder) }
        guard Int(plugin.struct_size) >= Self.leastSize else {
            throw refused("describes itself in \(plugin.struct_size) bytes, but version 1.0 needs \(Self.leastSize).")
        }
        guard let identifier = plugin.identifier, let version = plugin.version, let name = plugin.name,
            plugin.device_score != nil, plugin.memory_estimate != nil, plugin.open != nil, plugin.segment != nil,
            plugin.close != nil
        else { throw refused("leaves out a name or a function that every plugin must have.") }
        guard let role = PluginRole(abi: plugin.role) else { throw refused("has the unknown role \(plugin.role).") }
        id = String(cString: identifier)
        guard PluginManifest.isIdentifier(id) else { throw refused("has an id that is not allowed.") }
        self.name = String(cString: name)
        self.version = String(cString: version)
        self.role = role
        domain = plugin.domain.map { PluginDomain($0.pointee) } ?? PluginDomain(needsHounsfield: true)
        labels = try Self.labels(of: plugin, role: role, refused)
    }

    private static func labels(
        of plugin: lungtriage_plugin, role: PluginRole, _ refused: (String) -> PluginError
    ) throws(PluginError) -> [PluginLabel] {
        guard let first = plugin.labels, (1...UInt64(mostLabels)).contains(plugin.label_count) else {
            throw refused("names \(plugin.label_count) labels; expected 1 to \(mostLabels).")
        }
        var labels: [PluginLabel] = []
        for index in 0..<Int(plugin.label_count) {
            let label = first[index]
            guard label.struct_size == UInt32(MemoryLayout<lungtriage_label>.size), let name = label.name,
                let abbreviation = label.abbreviation, let value = UInt8(exactly: label.value),
                (1...role.largestLabel).contains(value), !labels.contains(where: { $0.value == value })
            else { throw refused("describes its label number \(index) wrongly for the role \(role.rawValue).") }
            labels.append(
                PluginLabel(
                    value: value, name: String(cString: name), abbreviation: String(cString: abbreviation),
                    color: label.color & 0xFFFFFF))
        }
        return labels
    }
}

extension PluginError {
    init(abi: ABIVersion, plugin: String) {
        self.init(
            .wrongABI, plugin: plugin,
            message: "It was built for version \(abi) of the plugin interface; this program has \(ABIVersion.host).")
    }
}
