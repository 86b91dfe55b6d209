internal import DecoderCommands
internal import NIOCore
internal import Reports
internal import Synchronization

/// A page with everything that it links to, as it was at one moment.
struct Edition: Sendable {
    /// Counts editions of a process, from 1.
    let number: Int
    /// When the estimates were begun, in seconds since 1970: what reports came later is not in them.
    let startInSeconds: Int64
    /// What the store held then.
    let contents: StoreContents
    /// What a browser may load and run for the page.
    let policy: String
    /// The page before its freshness, and after it; all answers share these bytes.
    let head, tail: ByteBuffer
    /// The figures by their path below the page's.
    let files: [String: File]

    struct File: Sendable {
        /// What a browser calls it that saves it.
        var name: String
        var format: ReportedChart.Format
        var figures: ChartFigures
    }
}

/// Gathers what the charts of one edition are drawn from.
final class FileShelf: Sendable {
    private let shelf = Mutex<[String: Edition.File]>([:])

    var files: [String: Edition.File] { shelf.withLock { $0 } }

    func put(_ figures: ChartFigures, of chart: ReportedChart, metric: String) {
        shelf.withLock { shelf in
            for format in ReportedChart.Format.allCases {
                shelf[chart.path(metric: metric, format)] = Edition.File(
                    name: Self.name("\(metric)-\(chart.rawValue)") + ".\(format.rawValue)", format: format,
                    figures: figures)
            }
        }
    }

    /// A file's name out of letters, digits, `_` and `-`, whatever a metric is called; no header and no shell reads more
    /// in it.
    static func name(_ text: String) -> String {
        let bytes = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: bytes.prefix(120), as: UTF8.self)
    }
}
