internal import Studies

extension FlightData {
    /// The published studies' number of times in the air; further ones are not counted.
    private static let airTimeLimit = 300_000

    /// Reads a CSV file with the columns of `clients/examples/flights`: all routes, and the first 300,000 air times that
    /// are recorded.
    ///
    /// - Throws: ``CommandError``.
    init(readingCSV path: String) throws(CommandError) {
        var file = try CSVFile(path: path)
        let air = try file.column(named: "air_time_minutes")
        let origin = try file.column(named: "origin"), destination = try file.column(named: "destination")
        var (routes, airTimes): ([String: Int], [Int: Int]) = ([:], [:])
        var airTimeCount = 0
        while let row = try file.nextRow() {
            routes["\(row[origin])-\(row[destination])", default: 0] += 1
            guard !row[air].isEmpty, airTimeCount < Self.airTimeLimit else { continue }
            guard let minutes = Int(row[air]), (0...720).contains(minutes) else {
                throw file.error(
                    inColumn: air, "this is no number of minutes", remedy: "Write 0 to 720, or nothing.")
            }
            airTimes[minutes, default: 0] += 1
            airTimeCount += 1
        }
        guard airTimeCount > 0 else { throw CommandError(.validationFailed, "\(path): there is no air time in it.") }
        self.init(routeCounts: routes, airTimeCounts: airTimes)
    }
}
