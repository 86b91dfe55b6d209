internal import DecoderCommands
internal import Foundation

/// The flights of the demo, with the four things that each knows of itself.
struct FlightEvents: Sendable {
    static let lateAfterMinutes = 15

    /// Whether each flight left late; nothing where the departure was never recorded.
    private(set) var departedLate: [Bool?] = []
    /// Where each flight went.
    private(set) var destinations = NameColumn()
    /// From where to where each flight went, as `JFK-LAX`.
    private(set) var routes = NameColumn()
    /// The minutes that each flight was in the air; nothing where they were never recorded.
    private(set) var airTimes: [Double?] = []

    /// Reads a CSV file with the columns of `clients/examples/flights`.
    init(path: String) throws(CommandError) {
        var file = try CSVFile(path: path)
        let delay = try file.column(named: "departure_delay_minutes"), air = try file.column(named: "air_time_minutes")
        let origin = try file.column(named: "origin"), destination = try file.column(named: "destination")
        while let row = try file.nextRow() {
            departedLate.append(try Self.number(in: row, delay, of: file).map { $0 > Double(Self.lateAfterMinutes) })
            airTimes.append(try Self.number(in: row, air, of: file))
            destinations.append(row[destination])
            routes.append("\(row[origin])-\(row[destination])")
        }
        guard !departedLate.isEmpty else {
            throw CommandError(.validationFailed, "\(path): there is no flight in it.")
        }
    }

    /// How many flights there are.
    var count: Int { departedLate.count }

    /// The share of flights that are known to have left late, among all.
    var lateShare: Double { Double(departedLate.count { $0 == true }) / Double(count) }

    /// The mean of the minutes in the air, flights without any counting as 0.
    var meanAirTime: Double { airTimes.reduce(0) { $0 + ($1 ?? 0) } / Double(count) }

    private static func number(
        in row: [String], _ column: Int, of file: borrowing CSVFile
    ) throws(CommandError) -> Double? {
        guard !row[column].isEmpty else { return nil }
        guard let number = Double(row[column]), number.isFinite else {
            throw file.error(inColumn: column, "this is no number", remedy: "Write minutes, or nothing.")
        }
        return number
    }
}

/// A column of names that occur often: each distinct one is kept once.
struct NameColumn: Sendable {
    /// The distinct names, in the order of their first row.
    private(set) var names: [String] = []
    /// How often each occurs.
    private(set) var counts: [Int] = []
    private var rows: [Int32] = []
    private var places: [String: Int32] = [:]

    mutating func append(_ name: String) {
        let place: Int32
        if let known = places[name] {
            place = known
        } else {
            place = Int32(names.count)
            places[name] = place
            names.append(name)
            counts.append(0)
        }
        rows.append(place)
        counts[Int(place)] += 1
    }

    /// The position of a row's name among ``names``.
    subscript(row: Int) -> Int { Int(rows[row]) }
}
