import Foundation
import Imaging
import Pages
import Segmentation

/// The sections that tell what was done and how to read it.
extension StudyReport {
    func whatWasRun(_ runs: StudyRuns) throws(TrainingError) -> Section {
        var content: [HTML] = [
            Self.paragraph(
                "The paper's protocol: the whole slice resized to the network's input, no augmentation, cross-entropy with "
                    + "median-frequency class weights, Adam at a constant rate, the model after the last epoch. "
                    + "\(data.slices.slices(in: .training).count) slices train, "
                    + "\(data.slices.slices(in: .validation).count) validate, \(data.testSlices.count) test. Test slices are "
                    + "whole and at their own resolution. The paper gives no number of epochs, no seeds and no split.")
        ]
        for group in runs.groups { content.append(StudyTables.runs(group).html) }
        let missing = missing(runs)
        if !missing.isEmpty {
            content.append(Self.paragraph("Not run at any width: \(missing.joined(separator: ", "))."))
        }
        content += circumstances(runs)
        return Section(anchor: "runs", title: "What was run", content: content)
    }

    private func missing(_ runs: StudyRuns) -> [String] {
        PaperExperiment.summary(
            of: PaperExperiment.all.filter { experiment in
                runs.groups.allSatisfy { $0.runs[experiment] == nil }
            })
    }

    /// The commands and what computed them, each once.
    private func circumstances(_ runs: StudyRuns) -> [HTML] {
        let all = runs.groups.flatMap(\.results).map(\.provenance)
        func list(_ title: String, _ values: [String], code: Bool) -> [HTML] {
            let unique = Set(values).sorted()
            guard !unique.isEmpty else { return [] }
            let items = unique.map { value in
                HTML.element("li", [:], code ? .element("code", [:], HTML(value)) : HTML(value))
            }
            return [.element("h3", [:], HTML(title)), .element("ul", [:], items)]
        }
        return list("Commands", all.map(\.command), code: true)
            + list(
                "Machines", all.map { [$0.machine, $0.device].compactMap { $0 }.joined(separator: "; ") }, code: false)
    }

    func dataSet(_ frequencies: ClassFrequencies) throws(TrainingError) -> Section {
        let map = try imaging("heat-map") { try AccumulationMap(data.volume.labels).picture() }
        let slice = SampleTriptych.mostTellingSlice(of: data.volume.labels)
        let triptych = try SampleTriptych(data.volume, lungs: data.lungs, slice: slice).picture()
        let middle =
            data.lungs == nil ? " (no lung mask was given, so the masked lungs are missing)" : ", its lungs alone,"
        return Section(
            anchor: "data", title: "Table 1, Figures 1 and 2: the data",
            content: [
                StudyTables.classPixels(frequencies).html,
                figure(
                    try ReportPicture.image(triptych, description: "A slice and its labels"),
                    "Figure 1. Slice \(slice)\(middle) and its labels: black C0, dark grey C1 ground-glass, light grey C2 "
                        + "consolidation, white C3 effusion. The patient's right is on the left."),
                figure(
                    try ReportPicture.image(map, description: "Heat-map of all labels"),
                    "Figure 2. All labels summed: in how many of the \(data.volume.ct.grid.size.k) slices each pixel is "
                        + "infected, whatever the kind."),
            ])
    }

    func dreams() throws(TrainingError) -> Section {
        let file = output.appending(path: Self.dreamFile)
        let content: HTML
        if FileManager.default.fileExists(atPath: file.path) {
            let png = try RunFolder.accessing(file) { try Data(contentsOf: file) }
            content = figure(
                ReportPicture.image(png: png, description: "Deep Dream of every class channel"),
                "Figure 4. Deep Dream: what each class channel responds to.")
        } else {
            content = Self.paragraph(
                "Figure 4 was not made. A Deep Dream picture saved as \(Self.dreamFile) beside this page is shown here the next time the page is written."
            )
        }
        return Section(anchor: "figure4", title: "Figure 4: Deep Dream", content: [content])
    }

    var howToRead: Section {
        let notes = [
            "Global accuracy counts background, which is nine tenths of every slice: a model that finds nothing scores well.",
            "The 100 slices come from some forty patients whose names are not known, so a random split can leak; this holds "
                + "for the paper and for these runs.",
            "The data lack the paper's slices 22 and 48 and all labels of pleural effusion. Class C3 is therefore undefined "
                + "in every figure of ours, its class weight is 0, and a network that still predicts it makes an error.",
            "HU were estimated from 8-bit pictures.",
            "Ours at a reduced width is not the paper's network: it says how the settings compare, not how good they can get.",
        ]
        return Section(
            anchor: "reading", title: "How to read it",
            content: [.element("ul", [:], notes.map { .element("li", [:], HTML($0)) })])
    }

    private func figure(_ picture: HTML, _ caption: String) -> HTML {
        .element("figure", [:], picture, .element("figcaption", [:], HTML(caption)))
    }
}
