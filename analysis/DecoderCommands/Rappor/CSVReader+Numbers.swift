/// The digits of a number in a cell.
enum CellNumber {
    /// Why a cell is no count.
    enum Fault: Error { case empty, negative, notWhole, tooLarge }

    /// Beyond this, counts are no longer exact as floating-point numbers.
    static let limit = 1 << 53

    /// A whole number of 0 to ``limit`` that is written in digits alone.
    static func count(_ digits: UnsafeBufferPointer<UInt8>) -> Result<Int, Fault> {
        guard let first = digits.first else { return .failure(.empty) }
        var number = 0
        for digit in digits {
            // Wraps around for bytes below the digit 0.
            let value = digit &- 0x30
            guard value < 10 else {
                let isNegative = first == 0x2D && digits.count > 1 && digits.dropFirst().allSatisfy { $0 &- 0x30 < 10 }
                return .failure(isNegative ? .negative : .notWhole)
            }
            number = number &* 10 &+ Int(value)
            guard number <= limit else { return .failure(.tooLarge) }
        }
        return .success(number)
    }
}

extension CSVReader {
    /// The whole number in a cell of the current record.
    ///
    /// - Parameter name: what the number is, such as "the count".
    /// - Throws: ``CommandError`` of status 4.
    func count(inColumn column: Int, _ name: @autoclosure () -> String) throws(CommandError) -> Int {
        let result = record.withBytes(of: record.cells[column]) { CellNumber.count($0) }
        switch result {
        case .success(let number): return number
        case .failure(let fault):
            let (what, remedy) =
                switch fault {
                case .empty: ("is missing", "Write a whole number of 0 or more.")
                case .negative: ("is negative", "Write a whole number of 0 or more.")
                case .notWhole: ("is no whole number", "Write it in digits alone.")
                case .tooLarge: ("is larger than \(CellNumber.limit)", "Is a comma missing?")
                }
            throw error(inColumn: column, "\(name()) \(what)", remedy: remedy)
        }
    }
}
