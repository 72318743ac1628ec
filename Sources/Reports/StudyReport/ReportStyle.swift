extension StudyReport {
    /// What the report adds to the pages' common style.
    static let style = """
        .sheet { max-width: 66rem; margin: 0 auto; padding: .8rem 1rem 3rem; }
        section { margin: 0 0 1.6rem; }
        .cards { display: grid; grid-template-columns: 1.15fr 1fr 1fr; gap: .8rem; }
        .card { border: 1px solid var(--line); border-radius: .4rem; padding: .7rem .9rem; }
        .card[class*="l-"] { border-color: transparent; }
        .card p { margin: .2rem 0; }
        .huge { font-size: 2rem; line-height: 1.15; font-weight: 750; }
        .card:nth-child(2) .huge { font-size: 1.5rem; }
        .card b { font-size: 1.25rem; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.6rem, 1fr)); gap: .6rem 1rem;
          margin: .9rem 0 0; }
        .figures dt { color: var(--faint); font-size: .8rem; }
        .figures dd { margin: 0; font-size: 1.1rem; font-weight: 650; font-variant-numeric: tabular-nums; }
        .figures dd.faint { font-size: .8rem; font-weight: 400; }
        .remarks { list-style: none; padding: 0; }
        .remarks li { display: flex; gap: .6rem; margin: .35rem 0; }
        .sign { flex: none; width: 1.4em; height: 1.4em; border-radius: 50%; text-align: center; font-weight: 800;
          line-height: 1.4em; }
        figure { margin: 0; } figcaption { margin-top: .3rem; }
        .montage img { display: block; width: 100%; min-width: 44rem; height: auto; border-radius: .3rem; }
        .beside { display: grid; grid-template-columns: minmax(14rem, 22rem) 1fr; gap: 1.4rem; align-items: center; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2rem; }
        svg { display: block; width: 100%; height: auto; }
        .card svg { max-height: 9.5rem; }
        svg .zone { stroke: var(--paper); stroke-width: 3; stroke-linejoin: round; }
        svg .outline { stroke: var(--ink); stroke-width: 1.4; stroke-linejoin: round; }
        svg text { font-family: inherit; fill: var(--ink); }
        svg .side { font-size: 17px; font-weight: 700; }
        svg .score { font-size: 25px; font-weight: 750; }
        svg .share { font-size: 13px; }
        svg .on-light { fill: #1b1f24; } svg .on-dark { fill: #ffffff; }
        tr.total th, tr.total td { border-top: 2px solid var(--line); font-weight: 600; }
        .texts td, .texts thead th { text-align: left; overflow-wrap: anywhere; }
        pre { background: var(--tint); padding: .6rem .8rem; border-radius: .3rem; white-space: pre-wrap;
          overflow-wrap: anywhere; font-size: .85rem; }
        .every-page { display: none; }
        @media (max-width: 44rem) {
          .cards, .beside { grid-template-columns: 1fr; }
          .card svg { max-height: 13rem; }
        }
        @page { size: A4; margin: 11mm 12mm; }
        @media print {
          html { font-size: 9.5pt; } body { font-size: 9.5pt; line-height: 1.35; }
          .sheet { display: table; width: 100%; max-width: none; padding: 0 1px; }
          main { display: table-row-group; }
          .every-page { display: table-footer-group; break-inside: avoid; font-size: 8.5pt; font-weight: 600; }
          h1 { font-size: 14pt; margin: 2mm 0; } h2 { font-size: 11.5pt; margin-bottom: 1.5mm; }
          section { margin-bottom: 4.5mm; }
          .huge { font-size: 20pt; } .card:nth-child(2) .huge { font-size: 14pt; }
          .cards { grid-template-columns: 1.15fr 1fr 1fr; }
          .card { padding: 2mm 2.5mm; } .card svg { max-height: 27mm; }
          .figures { grid-template-columns: repeat(7, auto); gap: 1.5mm 3mm; margin-top: 3mm; }
          .montage { overflow: visible; } .montage img { min-width: 0; }
          .beside { grid-template-columns: 58mm 1fr; gap: 5mm; }
          .pair { grid-template-columns: 1fr 1fr; }
          th, td { padding: .5mm 2mm; }
          .card, figure, tr, li, pre, dl > div { break-inside: avoid; }
          h2, h3, caption { break-after: avoid; }
        }

        """
}
