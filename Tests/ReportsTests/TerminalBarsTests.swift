import Reports
import Testing

@Suite("Bars on a terminal")
struct TerminalBarsTests {
    private let unicode = TerminalStyle(columnCount: 60, isUnicode: true, isColoured: false)
    private let ascii = TerminalStyle(columnCount: 60, isUnicode: false, isColoured: false)

    private func lines(_ bars: [Bar], _ style: TerminalStyle, width: Int = 21, scale: FigureScale = .share) -> [String]
    {
        TerminalBars(BarChart(scale: scale, bars: bars), width: width, style: style)?.lines ?? []
    }

    @Test("A bar goes from nothing to the estimate, and its interval from end to end, below 0 too")
    func geometry() {
        // The scale is −0.1 to 0.9: a cell is 0.05, and nothing is at the third.
        let bars = [
            Bar(name: "a", estimate: 0.7, low: 0.5, high: 0.9, standing: .detected),
            Bar(name: "b", estimate: 0.05, low: -0.1, high: 0.2, standing: .notDetected),
            Bar(name: "c", estimate: 0.4, low: 0.4, high: 0.4, standing: .detected),
        ]
        #expect(lines(bars, unicode) == ["  │█████████├───●───┤", "├─┼○──┤", "  │███████●"])
        #expect(lines(bars, ascii) == ["  :#########|---*---|", "|-+o--|", "  :#######*"])
    }

    @Test("Detected and not detected differ without any colour, and colour changes nothing else")
    func standing() {
        let bars = [
            Bar(name: "a", estimate: 0.5, low: 0.4, high: 0.6, standing: .detected),
            Bar(name: "b", estimate: 0.5, low: 0.4, high: 0.6, standing: .notDetected),
        ]
        for style in [unicode, ascii] {
            let plain = lines(bars, style)
            #expect(plain[0] != plain[1])
            var coloured = style
            coloured.isColoured = true
            let stripped = lines(bars, coloured).map {
                $0.replacing("\u{1B}[36m", with: "").replacing("\u{1B}[0m", with: "")
            }
            #expect(stripped == plain && lines(bars, coloured)[0].contains("\u{1B}[36m"))
        }
    }

    @Test("An interval that goes on beyond the scale ends in an arrow, here and in the drawing of a page")
    func arrows() throws {
        // The scale of shares ends at −0.2, as far below 0 as it goes above.
        let bars = [Bar(name: "a", estimate: 0.1, low: -0.6, high: 0.2, standing: .notDetected)]
        #expect(lines(bars, unicode) == ["◂─────────┼────○────┤"])
        #expect(lines(bars, ascii) == ["<---------+----o----|"])
        let chart = BarChart(scale: .share, bars: bars)
        let legend = TerminalBars(chart, width: 30, style: unicode)?.legend(percent: "95 %", columnCount: 200)
        #expect(legend?.joined().contains("◂ goes on") == true && legend?.joined().contains("▸") == false)
        let drawn = BarPicture(title: "t", lines: [], chart: chart, percent: "95 %", unit: "share").svg
        #expect(drawn.contains("M9 7L0 12L9 17"))
    }

    @Test("A mark stands for a number, without a bar from 0")
    func number() {
        let mean = [Bar(name: "mean", estimate: 5, low: 4, high: 6)]
        let chart = BarChart(scale: .number, bars: mean, range: 0...10)
        #expect(TerminalBars(chart, width: 21, style: unicode)?.lines == ["        ├─◆─┤"])
    }

    @Test("A value without an estimate says so, and a chart without any is not drawn")
    func undrawn() {
        let none = Bar(name: "x", estimate: .nan, low: .nan, high: .nan)
        #expect(lines([none], unicode).isEmpty)
        #expect(
            lines([none, Bar(name: "y", estimate: 0.5, low: 0.4, high: 0.6)], unicode)[0] == "cannot be told from …")
    }

    @Test("No line is wider than the terminal, for any width and any name, and the bars start in one column")
    func widths() throws {
        let names = [
            "AA", "漢字漢字漢字漢字", "e\u{301}tude", "👩‍👧 family", "\u{1B}]52;c;x\u{7}", "a\u{202E}b",
            String(repeating: "w", count: 300),
        ]
        let bars = names.enumerated().map { place, name in
            Bar(name: name, estimate: 0.3, low: 0.25, high: 0.35, standing: place % 2 == 0 ? .detected : .notDetected)
        }
        for isUnicode in [true, false] {
            for columnCount in 1...220 {
                let style = TerminalStyle(columnCount: columnCount, isUnicode: isUnicode, isColoured: false)
                guard let block = TerminalBars.block(BarChart(scale: .share, bars: bars), percent: "95 %", style: style)
                else {
                    #expect(columnCount < 28)
                    continue
                }
                #expect(block.allSatisfy { style.width(of: $0) < columnCount }, "\(columnCount)")
                let origin: Character = isUnicode ? "│" : ":"
                let starts = block.dropFirst().prefix(names.count).map { line in
                    style.width(of: String(line.prefix { $0 != origin }))
                }
                #expect(Set(starts).count == 1, "\(columnCount): \(starts)")
            }
        }
    }

    @Test("A figure has its place between ends whose distance is beyond all finite numbers")
    func extremes() throws {
        let greatest = Double.greatestFiniteMagnitude
        let bars = [-greatest, 0, greatest].map { Bar(name: "x", estimate: $0, low: $0, high: $0) }
        let chart = BarChart(scale: .number, bars: bars, range: -greatest...greatest)
        let lines = try #require(TerminalBars(chart, width: 21, style: unicode)).lines
        #expect(lines.map { line in line.prefix { $0 != "◆" }.count } == [0, 10, 20])
    }
}

@Suite("Days on a terminal")
struct SparklineTests {
    private func series(_ estimates: [Double?], name: String = "AA") -> DaySeries {
        DaySeries(
            name: name, scale: .share,
            points: estimates.enumerated().map { day, estimate in
                .init(
                    index: 100 + day, day: "2026-06-\(day + 10)",
                    bar: estimate.map { Bar(name: name, estimate: $0, low: $0 - 0.01, high: $0 + 0.01) })
            })
    }

    @Test("Each day has its height, a withheld day is a gap, and the scale is said with the widest interval")
    func gaps() throws {
        let style = TerminalStyle(columnCount: 100, isUnicode: true, isColoured: false)
        let block = try #require(Sparklines([series([0.01, 0.05, nil, 0.07])], style: style).block)
        #expect(block.last == "AA  ▂▆ █  0.0 to 8.0 %, ± 1.0")
        let plain = TerminalStyle(columnCount: 100, isUnicode: false, isColoured: false)
        #expect(
            Sparklines([series([0.01, 0.05, nil, 0.07])], style: plain).block?.last == "AA  16 8  0.0 to 8.0 %, +- 1.0")
    }

    @Test("Where days are more than the terminal has room for, the last are shown, and that is said")
    func manyDays() throws {
        let many = series((0..<400).map { 0.1 + Double($0 % 7) / 100 })
        for columnCount in 40...120 {
            let style = TerminalStyle(columnCount: columnCount, isUnicode: true, isColoured: false)
            let block = try #require(Sparklines([many], style: style).block)
            #expect(block.allSatisfy { style.width(of: $0) < columnCount })
            #expect(block.joined(separator: " ").contains("the last"))
        }
        #expect(
            Sparklines([many], style: TerminalStyle(columnCount: 20, isUnicode: true, isColoured: false)).block == nil)
        #expect(
            Sparklines([series([0.1])], style: TerminalStyle(columnCount: 80, isUnicode: true, isColoured: false)).block
                == nil)
    }

    @Test("An estimate outside its own interval, as detected texts may have, is drawn and no fault")
    func outside() throws {
        var odd = series([0.05, 0.05])
        odd.points[0].bar?.estimate = -0.3
        odd.points[1].bar?.estimate = 0.9
        let style = TerminalStyle(columnCount: 100, isUnicode: true, isColoured: false)
        #expect(try #require(Sparklines([odd], style: style).block?.last).hasPrefix("AA  ▁█  "))
    }
}
