/// A chart of a metric's part of a page, and what a server calls the files with its figures.
public enum ReportedChart: String, CaseIterable, Hashable, Sendable {
    /// What is estimated of all days together.
    case estimates
    /// Below which numbers given parts of all lie.
    case quantiles
    /// The mean of a distribution.
    case mean
    /// What is estimated of each day.
    case days
    /// A later time less an earlier one.
    case changes

    /// What the links to the figures are about.
    var title: String {
        switch self {
        case .estimates: "All estimates"
        case .quantiles: "Quantiles"
        case .mean: "Mean"
        case .days: "All days"
        case .changes: "All changes"
        }
    }

    /// What a file holds.
    public enum Format: String, CaseIterable, Hashable, Sendable {
        case csv, json
    }

    /// Where a page finds the figures of this chart, relative to the page: letters, digits, `/`, `.`, `_`, `-`, `~` and `%`.
    public func path(metric: String, _ format: Format) -> String {
        "metrics/\(Self.encoded(metric))/\(rawValue).\(format.rawValue)"
    }

    /// RFC 3986 §2.1: what is not unreserved as the bytes of its UTF-8.
    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += (byte < 16 ? "%0" : "%") + digits
            }
        }
        return result
    }
}

/// The links to the figures of a metric's charts, for a page that a server makes.
struct ChartLinks {
    let metric: String

    func append(_ chart: ReportedChart, to page: inout Markup) {
        page.element("p", ["class": "files"]) { page in
            page.element("span", text: chart.title + ":")
            for format in ReportedChart.Format.allCases {
                let word = format.rawValue.uppercased()
                page.element(
                    "a",
                    [
                        "href": chart.path(metric: metric, format),
                        "aria-label": "\(word), \(chart.title) of \(metric)",
                    ], text: word)
            }
        }
    }
}
