import Imaging
import Reports
import Severity
import Testing

/// The report's page as readers, browsers and people with hostile file names meet it.
@Suite struct StudyReportTests {
    static let provenance = [
        StudyReport.ProvenanceRow("Input", "study.nii.gz"), StudyReport.ProvenanceRow("Model", "unet 1.0.0"),
    ]

    @Test func theWholePage() throws {
        let remarks = [
            QualityRemark("a", .note, "A first note."), QualityRemark("b", .doubtful, "Grave.", consequence: "Beware."),
        ]
        let study = try SmallStudy(remarks: remarks)
        let page = try study.page(name: "case-7", provenance: Self.provenance, command: "lungtriage analyze a.nii.gz")
        let check = PageCheck(page)
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(
            check.texts(of: "h2") == [
                "Result", "Quality", "Slices", "Zones", "Volumes and density", "Agreement of the models", "Provenance",
            ])
        #expect(check.texts(of: "h3") == ["How severe", "How sure", "Where"])
        #expect(check.texts(of: "title") == ["case-7: Mild, 4.1 % opacity – Lungtriage"], "\(check.texts(of: "title"))")
        for part in [
            "Mild", "Doubtful", "1 reason for doubt, 1 note", "Dice of 1.00", " ml", "A first note.", "Beware.",
        ] {
            #expect(check.text.contains(part), "\(part) is missing")
        }
        // The gravest remark comes first.
        let grave = try #require(page.range(of: "Grave."))
        let note = try #require(page.range(of: "A first note."))
        #expect(grave.lowerBound < note.lowerBound)
        #expect(page.contains("lungtriage analyze a.nii.gz"))
        #expect(page.contains("table-footer-group"), "the sentence on every printed page")
    }

    @Test func theSameInputGivesTheSamePage() throws {
        #expect(try SmallStudy().page(provenance: Self.provenance) == SmallStudy().page(provenance: Self.provenance))
    }

    @Test(arguments: hostileTexts)
    func hostileTextIsText(_ text: String) throws {
        let study = try SmallStudy(slices: 12, remarks: [QualityRemark("x", .warning, text, consequence: text)])
        let page = try study.page(name: text, provenance: [.init(text, text)], command: text)
        let check = PageCheck(page)
        // The name itself may say "nil"; markup may not be broken by it.
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(!page.contains("<script") && !page.contains("<img src=x"))
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
        let plain = check.texts(of: "code").first?
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
        #expect(plain == text.replacing("\u{0}", with: "\u{FFFD}").replacing("\u{8}", with: "\u{FFFD}"))
    }

    @Test func zonesAreDrawnWithTheirScores() throws {
        let study = try SmallStudy(slices: 30) { i, j, k in
            // Right lower zone full, left upper zone less than a quarter.
            (10..<45).contains(i) && k < 10 ? 2 : (55..<60).contains(i) && k >= 20 ? 1 : 0
        }
        let page = try study.page()
        let check = PageCheck(page)
        #expect(check.failures.isEmpty, "\(check.failures)")
        let label = "Right lung: upper 0, middle 0, lower 4. Left lung: upper 1, middle 0, lower 0."
        #expect(check.attributes("aria-label", of: "svg").allSatisfy { $0.hasSuffix(label) })
        #expect(check.attributes("aria-label", of: "svg").count == 2)
        // R, its zones from the head to the feet; L and its own. First without, then with shares.
        let drawn = check.texts(of: "text")
        #expect(drawn.prefix(8) == ["R", "0", "0", "4", "L", "1", "0", "0"])
        #expect(drawn.dropFirst(8).prefix(7) == ["R", "0", "0.0 %", "0", "0.0 %", "4", "100.0 %"])
        // The patient's right is on the left, and the head is up.
        let places = page.matches(of: #/<text x="([0-9.]+)" y="([0-9.]+)"/#).map {
            (Double($0.1) ?? 0, Double($0.2) ?? 0)
        }
        #expect(places[0].0 < places[4].0)
        #expect(places[1].1 < places[2].1 && places[2].1 < places[3].1)
        // Colours differ with the score.
        let fills = check.attributes("fill", of: "path").filter { $0 != "none" }
        #expect(fills.count == 12 && Set(fills).count == 3)
    }

    @Test func oneLungIsDrawnAlone() throws {
        let study = try SmallStudy(slices: 12) { _, _, _ in 0 }
        let half = try LabelVolume(grid: study.lungs.grid, voxels: study.lungs.voxels.map { $0 == 1 ? 0 : $0 })
        let scores = try SeverityScores(ct: study.ct, lungs: half, lesions: study.lesions)
        let montage = try StudyMontage(ct: study.ct, lungs: half, lesions: study.lesions, scores: scores).figure()
        let check = PageCheck(StudyReport(study: "x", scores: scores, montage: montage, lungs: half).html())
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.texts(of: "text").prefix(4) == ["L", "0", "0", "0"])
        #expect(check.text.contains("No right lung was found."))
    }

    @Test(arguments: [
        (1, ScanFacts(), "There is one slice"), (5, ScanFacts(slices: .unrelated), "The slices are unrelated"),
    ])
    func withoutAVolumeSlicesAreListed(slices: Int, facts: ScanFacts, reason: String) throws {
        let study = try SmallStudy(slices: slices, facts: facts) { i, j, k in
            (10..<20).contains(i) && (10..<50).contains(j) && k < 3 ? 1 : 0
        }
        let check = PageCheck(try study.page())
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.text.contains("No level") && check.text.contains(reason))
        #expect(check.texts(of: "h2").contains("Slice by slice"))
        // 10 of 70 columns.
        #expect(check.texts(of: "td").contains("14.3 %"))
        #expect(check.texts(of: "title") == ["study: no triage level – Lungtriage"])
    }

    /// Grounds and texts of both schemes and of all levels and signs, read from the style sheet.
    @Test func everyTextStandsOut() throws {
        let page = try SmallStudy(slices: 12).page()
        let schemes = page.matches(of: #/:root \{ ([^}]*) \}/#).map { match in
            Dictionary(
                uniqueKeysWithValues: String(match.1).split(separator: ";").map { property in
                    let parts = property.split(separator: ":").map(String.init)
                    return (parts[0], parts[1])
                })
        }
        #expect(schemes.count == 3)
        for scheme in schemes {
            for (ink, ground) in [
                ("--ink", "--paper"), ("--ink", "--tint"), ("--faint", "--paper"), ("--link", "--paper"),
                ("--notice-ink", "--notice-paper"),
            ] {
                let (ink, ground) = (try #require(scheme[ink]), try #require(scheme[ground]))
                #expect(contrast(ink, ground) >= 4.5, "\(ink) on \(ground)")
            }
        }
        let tones = page.matches(of: #/\.[lw]-[a-z]+ \{ background: (#[0-9a-f]{6}); color: (#[0-9a-f]{6}); \}/#)
        #expect(tones.count == 9)
        for tone in tones { #expect(contrast(String(tone.1), String(tone.2)) >= 4.5, "\(tone.0)") }
        #expect(contrast("#000000", "#ffffff") == 21)
    }
}
