internal import DecoderCommands
internal import Foundation

/// The flights of the demo: for each, whether it left late, or nothing where the departure was never recorded.
struct FlightEvents {
    private static let column = "departure_delay_minutes"
    private static let lateAfterMinutes = 15

    /// One entry a flight.
    let departedLate: [Bool?]

    /// Reads a CSV file with a header line; no cell of it is quoted.
    init(path: String) throws(CommandError) {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CommandError(.runtimeFailure, "\(path): cannot be read. `make demo` unpacks it.")
        }
        let lines = content.split(separator: UInt8(ascii: "\n"))
        let header = lines.first.map { Self.cells($0) } ?? []
        guard let column = header.firstIndex(of: Self.column) else {
            throw CommandError(.runtimeFailure, "\(path): the first line names no column \(Self.column).")
        }
        var events: [Bool?] = []
        events.reserveCapacity(lines.count)
        for (index, line) in lines.dropFirst().enumerated() {
            let cells = Self.cells(line)
            guard cells.count == header.count else {
                throw CommandError(
                    .runtimeFailure, "\(path):\(index + 2): \(cells.count) cells where the header has \(header.count).")
            }
            if cells[column].isEmpty {
                events.append(nil)
            } else if let minutes = Int(cells[column]) {
                events.append(minutes > Self.lateAfterMinutes)
            } else {
                throw CommandError(.runtimeFailure, "\(path):\(index + 2): \(Self.column) is no whole number.")
            }
        }
        guard !events.isEmpty else { throw CommandError(.runtimeFailure, "\(path): there is no flight in it.") }
        departedLate = events
    }

    /// Flights that are known to have left late.
    var lateCount: Int { departedLate.count { $0 == true } }

    /// Flights without a recorded departure.
    var missingCount: Int { departedLate.count { $0 == nil } }

    private static func cells(_ line: Data) -> [String] {
        line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
