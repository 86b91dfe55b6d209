/// The style of a picture that stands alone: light and dark as the reader's system is. Colours are those of a page, written
/// out where they are used, as programs that draw SVG and are no browsers know no variables.
enum PictureStyle {
    static let source: StaticString = """
        svg { color-scheme: light dark; }
        text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
          fill: #1a2230; font-variant-numeric: tabular-nums; }
        .card { fill: #ffffff; }
        .title { font-size: 19px; font-weight: 600; }
        .heading { font-weight: 600; }
        .muted, .tick, .x, .y { fill: #566073; font-size: 12px; }
        .end { text-anchor: end; } .middle { text-anchor: middle; }
        .strong { font-weight: 600; }
        .bar path { vector-effect: non-scaling-stroke; }
        .b { fill: #5b8dc9; stroke: none; }
        .h { fill: none; stroke: #6b7689; stroke-width: 1.5; }
        .p { stroke: #5b8dc9; stroke-width: 4; }
        .w { fill: none; stroke: #14233c; stroke-width: 1.5; }
        .z { stroke: #dce1e8; stroke-width: 1; }
        .grid, .frame { fill: none; stroke: #dce1e8; stroke-width: 1; }
        .series text { font-size: 11px; } .series .y, .series .last { text-anchor: end; }
        .band { fill: #5b8dc9; opacity: .3; } .whisker { stroke: #5b8dc9; stroke-width: 1.5; }
        .line { fill: none; stroke: #14233c; stroke-width: 1.5; } .point { fill: #14233c; }
        .curve { fill: none; stroke: #6b7689; stroke-width: 1.25; }
        .asked { stroke: #1d5fb0; stroke-width: 2.25; }
        .guide { fill: none; stroke: #c2571b; stroke-width: 1; stroke-dasharray: 4 3; }
        .mark { fill: #c2571b; stroke: #ffffff; stroke-width: 1.5; }
        .spread { fill: none; stroke: #c2571b; stroke-width: 1.5; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6eaf0; } .card { fill: #1a202a; } .muted, .tick, .x, .y { fill: #a3adbd; }
          .b { fill: #4678b4; } .h { stroke: #98a3b5; } .p { stroke: #4678b4; } .w { stroke: #f2f6fc; }
          .z, .grid, .frame { stroke: #323b49; } .band { fill: #4678b4; } .whisker { stroke: #4678b4; }
          .line { stroke: #f2f6fc; } .point { fill: #f2f6fc; } .curve { stroke: #98a3b5; } .asked { stroke: #8ab8f2; }
          .guide, .spread { stroke: #e98a4e; } .mark { fill: #e98a4e; stroke: #1a202a; } }
        """
}
