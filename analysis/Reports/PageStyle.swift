/// The style of a page: light and dark as the reader's system is, for wide and narrow windows, and for paper.
enum PageStyle {
    static let source: StaticString = """
        :root { color-scheme: light dark;
          --page: #f6f7f9; --card: #ffffff; --ink: #1a2230; --muted: #566073; --rule: #dce1e8; --soft: #eef1f5;
          --link: #1d5fb0; --bar: #5b8dc9; --whisker: #14233c; --hollow: #6b7689; --gain: #c2571b;
          --alarm: #a3211a; --alarm-soft: #fdeceb; --warning: #8a5a00; --warning-soft: #fdf4e1; --good: #1e6b43; }
        @media (prefers-color-scheme: dark) { :root {
          --page: #12161d; --card: #1a202a; --ink: #e6eaf0; --muted: #a3adbd; --rule: #323b49; --soft: #222a36;
          --link: #8ab8f2; --bar: #4678b4; --whisker: #f2f6fc; --hollow: #98a3b5; --gain: #e98a4e;
          --alarm: #ff9b91; --alarm-soft: #3a1d1c; --warning: #f0c36a; --warning-soft: #352a15; --good: #7fd1a4; } }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 1rem; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
        header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
        header { padding-top: 2.5rem; padding-bottom: .5rem; }
        footer { padding-top: 1rem; padding-bottom: 2.5rem; color: var(--muted); font-size: .875rem; }
        h1 { margin: 0; font-size: 2.25rem; line-height: 1.15; letter-spacing: -.02em; }
        h2 { margin: 0; font-size: 1.375rem; line-height: 1.25; letter-spacing: -.01em; }
        h3 { margin: 1.75rem 0 .5rem; font-size: 1rem; line-height: 1.3; }
        p { margin: .5rem 0; }
        a { color: var(--link); }
        small { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; }
        bdi { overflow-wrap: anywhere; }
        code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .9375em; overflow-wrap: anywhere; }
        .prose { max-width: 46rem; } li { margin: .25rem 0; }
        .kicker { margin: 0 0 .25rem; color: var(--muted); font-size: .875rem; }
        .lead { max-width: 46rem; color: var(--muted); }
        .muted { color: var(--muted); }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--card); }
        .skip:focus { left: 1rem; top: 1rem; z-index: 1; }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
        section, article { margin: 1.5rem 0; padding: 1.5rem; background: var(--card); border: 1px solid var(--rule);
          border-radius: .75rem; }
        article { content-visibility: auto; contain-intrinsic-size: auto 60rem; }
        .question { margin: .25rem 0 .5rem; font-size: 1.0625rem; }
        .facts { display: flex; flex-wrap: wrap; gap: .125rem 1.25rem; margin: 0 0 .5rem; color: var(--muted); font-size: .875rem; }
        .tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1rem; margin: 1rem 0; }
        .tiles div { padding: .75rem 1rem; background: var(--soft); border-radius: .5rem; }
        .tiles dt { color: var(--muted); font-size: .875rem; }
        .tiles dd { margin: 0; font-size: 1.625rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
        .health { margin: 1rem 0; padding: 0; list-style: none; }
        .health li { margin: .375rem 0; padding: .5rem .875rem; border-left: 4px solid var(--hollow); background: var(--soft);
          border-radius: 0 .375rem .375rem 0; }
        .health li.alarm { border-color: var(--alarm); background: var(--alarm-soft); }
        .health li.warning { border-color: var(--warning); background: var(--warning-soft); }
        p.good { color: var(--good); }
        .callout { padding: .75rem 1rem; border-left: 4px solid var(--hollow); background: var(--soft);
          border-radius: 0 .375rem .375rem 0; }
        .callout.alarm { border-color: var(--alarm); background: var(--alarm-soft); }
        .callout.alarm strong, .state.alarm { color: var(--alarm); }
        .state.warning { color: var(--warning); }
        .state.good { color: var(--good); }
        .state.notice { color: var(--muted); }
        table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
        th { text-align: left; font-weight: 600; }
        thead th { padding: .375rem .5rem; border-bottom: 1px solid var(--rule); color: var(--muted); font-size: .8125rem;
          vertical-align: bottom; }
        tbody th, tbody td, tfoot th, tfoot td { padding: .375rem .5rem; border-bottom: 1px solid var(--soft); vertical-align: middle; }
        tbody th { font-weight: 500; }
        tfoot th { font-weight: 400; font-style: italic; }
        .figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        th.figure small { font-size: .75rem; }
        .standing, .state { white-space: nowrap; }
        .bars { table-layout: fixed; }
        .bars .name { width: 20%; }
        .bars .drawing, .bars td:nth-child(2) { padding-left: 0; padding-right: 0; }
        .bars .figure { width: 11rem; }
        .bars .standing { width: 7.25rem; padding-left: 1rem; }
        .ends { display: flex; justify-content: space-between; font-weight: 400; }
        .bar { display: block; width: 100%; height: 1.5rem; overflow: visible; }
        .bar path, .swatch path { vector-effect: non-scaling-stroke; }
        .b { fill: var(--bar); stroke: none; }
        .h { fill: none; stroke: var(--hollow); stroke-width: 1.5; }
        .o { fill: var(--soft); stroke: var(--hollow); stroke-width: 1; }
        .p { stroke: var(--bar); stroke-width: 4; }
        .w { fill: none; stroke: var(--whisker); stroke-width: 1.5; }
        .z { stroke: var(--rule); stroke-width: 1; }
        .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; color: var(--muted); font-size: .8125rem; }
        .swatch { width: 1.75rem; height: .875rem; vertical-align: -.125rem; }
        .columns { display: grid; grid-template-columns: minmax(0, 1fr) 20rem; gap: 2rem; align-items: start; }
        .evidence h3:first-child { margin-top: .75rem; }
        .card { margin: .75rem 0 1rem; padding: 1rem 1.125rem; background: var(--soft); border-radius: .5rem; font-size: .875rem; }
        .card h3 { margin: 0 0 .5rem; }
        .belief { margin: 0; font-size: 1.1875rem; } .belief strong, .shares span { white-space: nowrap; }
        .belief.small { margin-top: 1rem; font-size: 1rem; } .caption { color: var(--muted); font-size: .875rem; }
        .certainty, .split { display: block; width: 100%; height: .875rem; margin: .375rem 0; }
        .track { fill: var(--card); } .half { fill: var(--hollow); } .gain { fill: var(--gain); }
        .half-mark { stroke: var(--ink); stroke-width: 2; vector-effect: non-scaling-stroke; }
        .noise { fill: var(--bar); }
        .draw { fill: var(--card); stroke: var(--bar); stroke-width: 1; vector-effect: non-scaling-stroke; }
        .shares { display: flex; justify-content: space-between; gap: 1rem; font-weight: 600; }
        .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
        .panel { margin: 0; } .panel figcaption { font-size: .875rem; font-weight: 500; }
        .series { display: block; width: 100%; height: auto; }
        .series text { fill: var(--muted); font-size: 11px; } .series .y, .series .last { text-anchor: end; }
        .grid { stroke: var(--rule); stroke-width: 1; }
        .band { fill: var(--bar); opacity: .3; } .whisker { stroke: var(--bar); stroke-width: 1.5; }
        .line { fill: none; stroke: var(--whisker); stroke-width: 1.5; } .point { fill: var(--whisker); }
        .wide { overflow-x: auto; } .later { display: block; }
        @media (scripting: none) { .waiting { display: none; } }
        .files { display: flex; gap: 1rem; color: var(--muted); font-size: .8125rem; }
        .age { color: var(--muted); font-size: .875rem; }
        .news { position: fixed; bottom: 1rem; left: 1rem; right: 1rem; z-index: 1; max-width: 46rem; max-height: 40vh; margin: 0 auto;
          padding: .75rem 1rem; border: 1px solid var(--link); border-radius: .375rem; background: var(--card); overflow: auto;
          overflow-wrap: anywhere; }
        .news.alarm { border-color: var(--alarm); background: var(--alarm-soft); }
        .news:empty { display: none; }
        .news button { padding: .25rem .75rem; border: 1px solid var(--link); border-radius: .375rem; background: var(--card);
          color: var(--link); font: inherit; cursor: pointer; }
        .checks { margin: 0; padding: 0; list-style: none; font-size: .9375rem; }
        .checks li { margin: .25rem 0; padding-left: 1.5rem; text-indent: -1.5rem; }
        .checks li::before { display: inline-block; width: 1.5rem; text-indent: 0; content: "○"; }
        .checks .good::before { content: "✓"; color: var(--good); }
        .checks .warning::before { content: "△"; color: var(--warning); }
        .checks .alarm::before { content: "▲"; color: var(--alarm); }
        details { margin: .75rem 0; } summary { cursor: pointer; color: var(--link); font-size: .875rem; }
        .notes { font-size: .9375rem; } .card ul, .notes ul { padding-left: 1.125rem; }
        .filter { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: .5rem 0; color: var(--muted); font-size: .875rem; }
        input { padding: .375rem .625rem; border: 1px solid var(--hollow); border-radius: .375rem; background: var(--card);
          color: var(--ink); font: inherit; }
        th button { padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: inherit; cursor: pointer; }
        th button span::after { content: " ↕"; } th[aria-sort=ascending] button span::after { content: " ↑"; }
        th[aria-sort=descending] button span::after { content: " ↓"; }
        th button span { white-space: nowrap; }
        [hidden] { display: none; }
        @media (max-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr); gap: 0; } }
        @media (max-width: 44rem) {
          header, main, footer { padding-left: 1rem; padding-right: 1rem; }
          main { padding-left: .5rem; padding-right: .5rem; }
          section, article { padding: 1rem; } h1 { font-size: 1.75rem; }
          .tiles { grid-template-columns: 1fr 1fr; gap: .5rem; } .tiles dd { font-size: 1.25rem; }
          .questions td:nth-child(n+3), .questions th:nth-child(n+3) { display: none; }
          .metrics { table-layout: fixed; } .metrics .figure { display: none; } .metrics .state { width: 6.25rem; } .tiles dd { overflow-wrap: anywhere; }
          .bars .name { width: 20%; } .bars .figure { width: 7.25rem; white-space: normal; }
          .bars .figure small, .bars .standing { font-size: .75rem; }
          .bars .standing { width: 3.5rem; padding-left: .25rem; white-space: normal; }
          tbody th, tbody td, thead th { padding-left: .25rem; padding-right: .25rem; } }
        @media print {
          :root { color-scheme: light; --page: #fff; --soft: #f4f4f4; }
          body { font-size: 10pt; } .skip, .filter, .files, .rest { display: none; } .news { position: static; }
          section, article { border: 0; padding: 0; content-visibility: visible; } tr, .card, .panel { break-inside: avoid; }
          details::details-content { display: block; block-size: auto; content-visibility: visible; }
          h2, h3 { break-after: avoid; } path { print-color-adjust: exact; } }
        """
}
