import Foundation
import ModelHost
import PluginTestSupport
import Testing

@Suite struct PluginCatalogTests {
    let home: PluginFolder

    init() throws { home = try PluginFolder() }

    @Test func aPluginInPlainCIsFoundAndDescribed() throws {
        let catalog = try ThresholdPlugin(in: home.url).catalog
        #expect(catalog.refusals.isEmpty)
        let plugin = try #require(catalog.plugins.first)
        #expect(plugin.id == "threshold" && plugin.role == .lesionBinary && plugin.manifest.version == "1.0.0")
        #expect(
            plugin.descriptor.labels == [PluginLabel(value: 1, name: "Dense", abbreviation: "DEN", color: 0xEE4A00)])
        #expect(
            plugin.descriptor.domain.smallestSliceSpacing == 0.5 && plugin.descriptor.domain.largestSliceSpacing == 5)
        #expect(plugin.descriptor.domain.largestPixelSpacing == nil)
        #expect(plugin.memoryEstimate(columns: 4, rows: 5, slices: 6, on: ThresholdPlugin.cpu) == 1120)
        #expect(plugin.hashes.keys.sorted() == ["libthreshold.so", "weights.bin"])
    }

    @Test(arguments: [
        (ThresholdPlugin.Fault.wrongMajor, PluginError.Code.wrongABI), (.shortStruct, .badDescriptor),
        (.missingFunction, .badDescriptor), (.otherIdentifier, .badDescriptor), (.noDescriptor, .badDescriptor),
        (.unknownRole, .badDescriptor), (.labelOfAnotherRole, .badDescriptor), (.noEntry, .notLoadable),
    ])
    func aLibraryThatSaysNonsenseIsRefused(_ fault: ThresholdPlugin.Fault, _ code: PluginError.Code) throws {
        let catalog = try ThresholdPlugin(fault, in: home.url).catalog
        #expect(catalog.plugins.isEmpty)
        #expect(catalog.refusals.map(\.error.code) == [code])
    }

    @Test func aNewerMinorVersionIsTaken() throws {
        #expect(try ThresholdPlugin(.newerMinor, in: home.url).catalog.plugins.count == 1)
    }

    /// Its table ends before what came with 1.1.
    @Test func anOlderMinorVersionIsTaken() throws {
        let session = try ThresholdPlugin(.olderMinor, in: home.url).open()
        #expect(session.plugin.descriptor.abi == ABIVersion(major: 1, minor: 0))
        #expect(session.work.device == .cpu && session.work.hardware == nil && session.work.precision == nil)
    }

    @Test(arguments: ["libthreshold.so", "weights.bin"])
    func aChangedByteIsFoundBeforeAnythingIsLoaded(_ file: String) throws {
        let plugin = try ThresholdPlugin(in: home.url)
        let path = plugin.folder.appending(path: file)
        var bytes = try Data(contentsOf: path)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: path)
        let refusal = try #require(plugin.catalog.refusals.first)
        #expect(refusal.error.code == .wrongHash && refusal.error.message.contains(file))
    }

    @Test func aLibraryWithoutAHashIsRefusedWhereItIsInstalled() throws {
        let plugin = try ThresholdPlugin(in: home.url)
        try edit(plugin) { $0.library.sha256 = nil }
        #expect(plugin.catalog.refusals.map(\.error.code) == [.wrongHash])
    }

    @Test func whatOthersMayChangeIsRefused() throws {
        let plugin = try ThresholdPlugin(in: home.url)
        for path in [plugin.folder.path, plugin.folder.path + "/libthreshold.so", plugin.folder.path + "/weights.bin"] {
            let before = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
            #expect(plugin.catalog.refusals.map(\.error.code) == [.unsafePermissions], "\(path)")
            try FileManager.default.setAttributes([.posixPermissions: before ?? 0o755], ofItemAtPath: path)
        }
        #expect(plugin.catalog.plugins.count == 1)
    }

    @Test func ofTwoWithOneIdTheFirstIsUsed() throws {
        _ = try ThresholdPlugin(in: home.url, name: "b")
        let catalog = try ThresholdPlugin(in: home.url, name: "a").catalog
        #expect(catalog.plugins.map(\.modelFolder) == [home.url.path + "/a"])
        #expect(catalog.refusals.map(\.error.code) == [.duplicateIdentifier])
    }

    @Test(arguments: ["2.0", "0.9", "1", "one.two", ""])
    func aManifestOfAnotherInterfaceIsRefusedUnloaded(_ abi: String) throws {
        let plugin = try ThresholdPlugin(in: home.url)
        try edit(plugin) { $0.abi = abi }
        let code: PluginError.Code = ["2.0", "0.9"].contains(abi) ? .wrongABI : .badManifest
        #expect(plugin.catalog.refusals.map(\.error.code) == [code])
    }

    @Test(arguments: ["../evil.so", "/lib/evil.so", ".hidden", ""])
    func aManifestThatReachesOutOfItsFolderIsRefused(_ name: String) throws {
        let plugin = try ThresholdPlugin(in: home.url)
        try edit(plugin) { $0.library.file = name }
        #expect(plugin.catalog.refusals.map(\.error.code) == [.badManifest])
    }

    @Test(arguments: ["", "{", "[]", "{\"id\": 3}"]) func anUnreadableManifestIsRefused(_ text: String) throws {
        let plugin = try ThresholdPlugin(in: home.url)
        try Data(text.utf8).write(to: plugin.folder.appending(path: PluginManifest.fileName))
        #expect(plugin.catalog.refusals.map(\.error.code) == [.badManifest])
    }

    @Test func anUnknownIdSaysWhatThereIs() throws {
        let catalog = try ThresholdPlugin(in: home.url).catalog
        let error = try #require(throws: PluginError.self) { try catalog.plugin("nothing") }
        #expect(error.code == .notFound && error.message.contains("threshold"))
    }

    @Test(arguments: ["/usr/bin/lungtriage", "/usr/libexec/lungtriage/lungtriage-worker"])
    func installedProgramsLookBesideThemselves(program: String) {
        #expect(PluginLocation.standard(program: program) == [.installed("/usr/lib/lungtriage/plugins")])
    }

    @Test func relativeFoldersAreNotSearched() {
        #expect(PluginCatalog([.installed("plugins")]).plugins.isEmpty)
    }

    private func edit(_ plugin: ThresholdPlugin, _ change: (inout PluginManifest) -> Void) throws {
        var manifest = try PluginManifest(folder: plugin.folder.path)
        change(&manifest)
        try manifest.encoded().write(to: plugin.folder.appending(path: PluginManifest.fileName))
    }
}
