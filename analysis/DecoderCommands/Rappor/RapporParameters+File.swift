internal import Estimation

extension RapporParameters {
    private static let header = Letter.allCases.map(\.rawValue)

    /// Reads google/rappor's params.csv: the header `k,h,m,p,q,f` and one row.
    ///
    /// - Throws: ``CommandError``: of status 1 if the file cannot be read, and 4 for what is wrong in it.
    init(reading path: String) throws(CommandError) {
        var reader = try CSVReader(path: path)
        let names = Self.header.joined(separator: ",")
        guard try reader.next() else {
            throw reader.error(
                "the file has no row", remedy: "Write '\(names)' in the first, and numbers in the second.")
        }
        guard reader.texts == Self.header else {
            throw reader.error(
                inColumn: zip(reader.texts, Self.header).enumerated().first { $1.0 != $1.1 }?.offset ?? 0,
                "the header is not '\(names)'", remedy: "Write that in the first row.")
        }
        guard try reader.next() else {
            throw reader.error("there are no parameters", remedy: "Write numbers below the header.")
        }
        try reader.requireCells(Self.header.count, "the header has \(Self.header.count)")
        func count(_ letter: Letter) throws(CommandError) -> Int {
            try reader.count(inColumn: Self.column(of: letter), letter.rawValue)
        }
        func probability(_ letter: Letter) throws(CommandError) -> Double {
            let column = Self.column(of: letter)
            let text = reader.texts[column]
            // Of what Swift reads as numbers, decimals alone: no hexadecimal ones, and no infinity.
            guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let number = Double(text) else {
                throw reader.error(
                    inColumn: column, "\(letter.rawValue) is no number", remedy: "Write a decimal such as 0.75.")
            }
            return number
        }
        let (k, h, m) = (try count(.k), try count(.h), try count(.m))
        let (p, q, f) = (try probability(.p), try probability(.q), try probability(.f))
        do {
            try self.init(
                bitCount: k, hashCount: h, cohortCount: m, clearResponse: p, setResponse: q, permanentNoise: f)
        } catch {
            throw reader.error(inColumn: error.column, error.what, remedy: error.remedy)
        }
        guard try !reader.next() else {
            throw reader.error(
                "there is a second row of parameters", remedy: "Leave one; each experiment has its own file.")
        }
    }

    fileprivate static func column(of letter: Letter) -> Int {
        // Safe because all letters stand in the header.
        Letter.allCases.firstIndex(of: letter)!
    }
}

extension RapporParameters.Fault {
    fileprivate var column: Int {
        switch self {
        case .countOutOfRange(let letter, _), .probabilityOutOfRange(let letter), .productTooLarge(let letter, _):
            RapporParameters.column(of: letter)
        case .informationIsLost: RapporParameters.column(of: .p)
        }
    }

    var what: String {
        switch self {
        case .countOutOfRange(let letter, let range):
            "\(letter.rawValue) is not within \(range.lowerBound) to \(range.upperBound)"
        case .probabilityOutOfRange(let letter): "\(letter.rawValue) is not within 0 to 1"
        case .productTooLarge(let letter, let limit): "m times \(letter.rawValue) is above \(limit)"
        case .informationIsLost: "information is lost: (1 - f)(q - p) is 0, so reports do not depend on values"
        }
    }

    var remedy: String {
        switch self {
        case .countOutOfRange: "Are the columns k,h,m,p,q,f in this order?"
        case .probabilityOutOfRange: "Write a probability."
        case .productTooLarge: "Decode fewer cohorts at a time."
        case .informationIsLost: "Let q differ from p, and f be below 1."
        }
    }
}
