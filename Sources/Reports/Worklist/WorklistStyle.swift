extension Worklist {
    /// What the worklist adds to the pages' common style.
    static let style = """
        main { max-width: 72rem; margin: 0 auto; padding: .8rem 1rem 3rem; }
        [hidden] { display: none !important; }
        section { margin: 1.2rem 0; }
        h1 { margin-bottom: .2rem; }
        .count { color: var(--faint); font-weight: 400; }
        .aloud { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
        .state { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .8rem; color: var(--faint); }
        .state p { margin: 0; }
        .empty { font-size: 1.2rem; }
        #overdue:not(:empty) { background: var(--alarm-paper); color: var(--alarm-ink); font-weight: 700;
          padding: .6rem .8rem; border-radius: .3rem; }
        button, input { font: inherit; color: inherit; }
        button:focus-visible, input:focus-visible, a:focus-visible, summary:focus-visible {
          outline: 3px solid var(--link); outline-offset: 2px; border-radius: .2rem; }
        #pause, #all, input { background: var(--paper); border: 1px solid var(--faint); border-radius: .3rem;
          padding: .2rem .7rem; min-height: 2rem; }
        #pause[aria-pressed=true] { background: var(--notice-paper); color: var(--notice-ink); font-weight: 700; }
        .tools { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.2rem; margin: .5rem 0; }
        .tools p { margin: 0; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
        #find { width: 15rem; max-width: 100%; }
        #counts { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .4rem; }
        #counts .level { padding: .2rem .7rem; font-weight: 400; min-height: 2rem; }
        #counts b { font-variant-numeric: tabular-nums; }
        #counts button { border: 0; cursor: pointer; }
        #counts button[aria-pressed=true] { outline: 3px solid var(--ink); outline-offset: 2px; }
        #counts button[aria-pressed=true]::after { content: " ✓"; content: " ✓" / ""; }
        table { width: 100%; table-layout: fixed; }
        td, th { vertical-align: middle; text-align: left; }
        thead th { position: sticky; top: 0; background: var(--paper); box-shadow: 0 1px var(--line); z-index: 1; }
        thead abbr { text-decoration: none; }
        thead button { background: none; border: 0; padding: .3rem 0; font-weight: 600; cursor: pointer;
          text-align: inherit; white-space: nowrap; }
        /* Signs for the eye; others are told by aria-sort and aria-pressed. */
        thead button::after { content: " ↕"; content: " ↕" / ""; color: var(--faint); font-weight: 400; }
        th[aria-sort=ascending] button::after { content: " ▲"; content: " ▲" / ""; color: inherit; }
        th[aria-sort=descending] button::after { content: " ▼"; content: " ▼" / ""; color: inherit; }
        .tag { width: 7rem; } th.when { width: 10rem; } .figure { width: 5.8rem; text-align: right; }
        th.minor:last-child { width: 11.5rem; }
        td:last-child, thead th:last-child { padding-left: 1.2rem; }
        th.name { overflow-wrap: anywhere; }
        th.name a { display: flex; align-items: center; gap: .7rem; }
        .thumbnail { width: 6rem; height: 4.2rem; object-fit: contain; background: #000; border-radius: .25rem; flex: none; }
        tbody tr:hover { background: var(--tint); }
        .when { color: var(--faint); font-size: .85rem; line-height: 1.3; }
        th.when { color: inherit; font-size: inherit; }
        .age:not(:empty) { display: block; color: var(--ink); font-size: 1rem; font-weight: 600; }
        .state .age:not(:empty) { display: inline; font-weight: 400; }
        .state .age:not(:empty)::after { content: ","; }
        .doubtful { font-weight: 700; }
        td.figure { white-space: nowrap; }
        td.figure:nth-of-type(3) { font-weight: 650; }
        .urgency { display: inline-block; border: 1.5px solid var(--ink); border-radius: .25rem; padding: 0 .35rem;
          font-size: .75rem; font-weight: 700; color: var(--ink); text-decoration: none; white-space: nowrap; }
        .stat { background: var(--ink); color: var(--paper); }
        tr.new th.name::after, li.new .name::after { content: "new"; margin-left: .4rem; font-size: .75rem; font-weight: 700; color: var(--notice-ink);
          background: var(--notice-paper); border-radius: .25rem; padding: .05rem .4rem; }
        .failures { list-style: none; padding: 0; margin: 0; font-size: .9rem; }
        .failures li { display: grid; grid-template-columns: 16rem 10rem 1fr; gap: .2rem 1rem; padding: .4rem .3rem;
          border-top: 1px solid var(--line); }
        .failures p { margin: 0; }
        .failures .name { font-weight: 600; overflow-wrap: anywhere; }
        #failed { border-left: .35rem solid var(--alarm-paper); padding-left: .8rem; }
        summary { cursor: pointer; padding: .3rem; }
        /* The darkest tone says "most", and would sink into a dark page. */
        @media (prefers-color-scheme: dark) { .l-critical { box-shadow: 0 0 0 2px var(--alarm-paper); } }
        @media screen and (max-width: 48rem) {
          .minor { display: none; }
          .tag { width: 5.6rem; } th.when { width: 6.2rem; } .figure { width: 4.6rem; }
          td, th { padding: .3rem .35rem; }
          td.figure, thead th.figure { padding-left: .2rem; }
          th.name a { flex-wrap: wrap; gap: .2rem .5rem; }
          .thumbnail { width: 4rem; height: 2.9rem; }
          .failures li { grid-template-columns: 1fr auto; } .failures .why { grid-column: 1 / -1; }
          .when .age:not(:empty) + time { display: none; }
        }
        @page { size: A4; margin: 12mm; }
        @media print {
          body { font-size: 10pt; } main { padding: 0; max-width: none; }
          .tools .tool, .tool, .when .age:not(:empty), .state .age:not(:empty), #all, thead button::after, tr.new th.name::after, li.new .name::after { display: none; }
          #counts button[aria-pressed=true] { outline: none; }
          thead th { position: static; } thead { display: table-header-group; }
          tr { break-inside: avoid; } h2 { break-after: avoid; }
          .tag { width: 20mm; } th.when { width: 36mm; } .figure { width: 15mm; } .when { white-space: nowrap; }
          th.name a { flex-wrap: wrap; gap: .5mm 2mm; } th.name bdi { flex: 1 1 28mm; }
          th.minor:last-child { width: 29mm; } td:last-child, thead th:last-child { padding-left: 3mm; } .failures li { grid-template-columns: 45mm 32mm 1fr; }
          td, th { padding: .5mm 1mm; } .thumbnail { width: 16mm; height: 11.5mm; }
        }

        """
}
