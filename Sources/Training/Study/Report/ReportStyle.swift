extension StudyReport {
    /// Light and dark by the reader's preference, black on white in print.
    static let style = """
        :root { --paper: #fff; --ink: #1b1f24; --faint: #57606a; --line: #d5dae0; --tint: #f4f6f8; --ours: #0b5fa5;
          --s0: #0b5fa5; --s1: #b45309; --s2: #0f7b5f; --s3: #8a3ea8; --warn: #7a3e00; --warnback: #fff4e0; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e4e7eb; --faint: #9aa4af;
          --line: #343b44; --tint: #1d2228; --ours: #7ab8f5; --s0: #7ab8f5; --s1: #f2a65a; --s2: #5fd0ac; --s3: #d19be8;
          --warn: #ffd9a0; --warnback: #3a2c14; } }
        @media print { :root { --paper: #fff; --ink: #000; --faint: #444; --line: #bbb; --tint: #fff; --ours: #003c70;
          --s0: #003c70; --s1: #8a3f00; --s2: #0a5a45; --s3: #65257f; --warn: #000; --warnback: #fff; }
          section, figure, tr { break-inside: avoid; } .wide { overflow: visible; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink);
          font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; }
        h2 { font-size: 1.25rem; margin: 2.6rem 0 .5rem; padding-top: .6rem; border-top: 1px solid var(--line); }
        h3 { font-size: 1rem; margin: 1.6rem 0 .3rem; }
        p, ul { max-width: 46rem; margin: .5rem 0; }
        .notice { background: var(--warnback); color: var(--warn); padding: .5rem .8rem; border-radius: .3rem;
          font-weight: 600; max-width: none; }
        .faint, caption, figcaption { color: var(--faint); font-size: .875rem; }
        .wide { overflow-x: auto; margin: .9rem 0; }
        table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding-bottom: .4rem; }
        th, td { padding: .22rem .45rem; text-align: right; border-bottom: 1px solid var(--line); }
        td { white-space: nowrap; }
        th { font-weight: 600; vertical-align: bottom; }
        th[scope=row], thead th:first-child, .text td { text-align: left; }
        th[scope=colgroup] { text-align: center; }
        th[scope=row] { white-space: nowrap; }
        tr.summary { background: var(--tint); font-style: italic; }
        td.ours { color: var(--ours); }
        code { font-size: .85em; overflow-wrap: anywhere; }
        figure { margin: 1rem 0; }
        img { max-width: 100%; height: auto; display: block; border-radius: .25rem; }
        svg { width: 100%; height: auto; display: block; }
        svg text { fill: var(--ink); font-size: 12px; font-family: inherit; }
        svg text.faint { fill: var(--faint); font-size: 11px; }
        svg .axis { stroke: var(--faint); fill: none; }
        svg .grid { stroke: var(--line); fill: none; }
        svg .mark { fill: none; stroke: var(--ink); stroke-width: 1.6; }
        svg .curve { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
        .c0 { color: var(--s0); } .c1 { color: var(--s1); } .c2 { color: var(--s2); } .c3 { color: var(--s3); }
        svg .filled { fill: currentColor; stroke: none; } svg .curve { stroke: currentColor; }
        .grid2 { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
        .grid3 { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; }
        .grid3 figure, .grid2 figure { margin: 0; }
        .swatch { display: inline-block; width: .8em; height: .8em; border-radius: .15em; margin: 0 .3em 0 .8em;
          vertical-align: -.05em; }
        nav ul { columns: 2; padding-left: 1.2rem; }
        a { color: var(--ours); }

        """
}
