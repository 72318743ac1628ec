import Severity

/// The style sheet of both pages: light and dark by the reader's preference, black on white in print.
enum PageStyle {
    static let common =
        """
        :root { \(Palette.light.properties) }
        @media (prefers-color-scheme: dark) { :root { \(Palette.dark.properties) } }
        @media print { :root { \(Palette.print.properties) } }
        * { box-sizing: border-box; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: .6rem 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
        h3 { font-size: .95rem; margin: 0 0 .3rem; }
        p, ul { margin: .4rem 0; }
        a { color: var(--link); }
        .faint, caption, figcaption { color: var(--faint); font-size: .875rem; }
        .notice { background: var(--notice-paper); color: var(--notice-ink); font-weight: 600; margin: 0;
          padding: .35rem .7rem; border-radius: .3rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding-bottom: .3rem; }
        th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: baseline; }
        th { font-weight: 600; }
        th:first-child, td:first-child { padding-left: .3rem; }
        th[scope=row], thead th:first-child { text-align: left; }
        .level { display: inline-block; padding: .1rem .5rem; border-radius: .3rem; font-weight: 700; white-space: nowrap; }
        \(tones)

        """

    private static var tones: String {
        let levels = TriageLevel.allCases.map { (".l-\($0.rawValue)", Palette.tone($0)) }
        let weights = QualityRemark.Weight.allCases.map { (".w-\($0.rawValue)", Palette.tone($0)) }
        return (levels + weights + [(".l-unknown", Palette.unknown)]).map { name, tone in
            "\(name) { background: \(tone.ground); color: \(tone.ink); }"
        }.joined(separator: "\n")
    }
}
