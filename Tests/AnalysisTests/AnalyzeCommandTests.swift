import Foundation
import Imaging
import TestSupport
import Testing

/// `lungtriage` as scripts see it: exit statuses, what goes where, nothing left behind.
@Suite(.serialized) struct AnalyzeCommandTests {
    let folder: StudyFolder

    init() throws {
        folder = try StudyFolder()
        let grid = try ChestPhantom.grid(size: GridSize(i: 96, j: 96, k: 8))
        try NIfTIFile.write(ChestPhantom(seed: 2).render(on: grid).ct, to: folder.path("chest.nii.gz"))
    }

    private func analyze(_ arguments: String...) throws -> CommandProcess {
        try CommandProcess("lungtriage", ["analyze"] + arguments, in: folder.url)
    }

    @Test func resultsAreSummedUpAsJSON() throws {
        let run = try analyze("chest.nii.gz", "-o", "out", "--json", "--threads", "1")
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(try run.json()["study"] as? String == "chest")
        #expect(folder.content == ["chest.nii.gz", "out"])
    }

    @Test func progressForProgramsIsOneLineOfJSONEach() throws {
        let run = try analyze("chest.nii.gz", "-o", "out", "--progress", "json", "--plugins", "unet-multiclass")
        #expect(run.status == 0)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count > 5)
        for line in lines {
            let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(json?["stage"] is String && json?["share"] is Double)
        }
        #expect(run.output.contains("not a medical device"))
    }

    @Test func aFileThatIsNoCTIs65() throws {
        try Data("junk".utf8).write(to: folder.url.appending(path: "junk.nii"))
        for name in ["junk.nii", "absent.nii"] {
            let run = try analyze(name, "-o", "out")
            #expect(run.status == 65 && run.errors.hasPrefix("lungtriage: ") && run.output.isEmpty, "\(name)")
        }
        #expect(!folder.content.contains("out"))
    }

    @Test func anOccupiedFolderIsRefusedBeforeTheWork() throws {
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "out"), withIntermediateDirectories: true)
        try Data().write(to: folder.url.appending(path: "out/mine.txt"))
        let run = try analyze("chest.nii.gz", "-o", "out", "--progress", "json")
        #expect(run.status == 1 && run.errors.contains("--replace") && !run.errors.contains("lesions"))
    }

    @Test func wrongUsageIs64AndAnUnknownPluginIs1() throws {
        #expect(try analyze("chest.nii.gz").status == 64)
        let run = try analyze("chest.nii.gz", "-o", "out", "--plugins", "nothing")
        #expect(run.status == 1 && run.errors.contains("unet-lung"))
    }

    @Test func thePluginsAreListed() throws {
        let run = try CommandProcess("lungtriage", ["plugins", "list", "--json"])
        #expect(run.status == 0)
        let ids = (try run.json()["plugins"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
        #expect(ids?.contains("unet-lung") == true)
        #expect(try CommandProcess("lungtriage", ["plugins", "verify"]).status == 0)
        #expect(try CommandProcess("lungtriage", ["plugins", "show", "nothing"]).status == 1)
    }
}
