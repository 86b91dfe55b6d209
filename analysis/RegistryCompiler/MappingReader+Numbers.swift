extension MappingReader {
    /// A required whole number within a range.
    func integer(_ key: String, in range: ClosedRange<Int>, _ findings: inout DiagnosticList) -> Int? {
        let remedy = "Write a whole number from \(range.lowerBound) to \(range.upperBound)."
        return number(key, "whole number", remedy, &findings) { text throws(DecimalText.Failure) in
            try within(range, try DecimalText.integer(text))
        }
    }

    /// A required number with at most three decimals within a range, in thousandths.
    func thousandths(_ key: String, in range: ClosedRange<Int>, _ findings: inout DiagnosticList) -> Int? {
        let (low, high) = (decimal(thousandths: range.lowerBound), decimal(thousandths: range.upperBound))
        let remedy = "Write a decimal number from \(low) to \(high) with at most three decimals."
        return number(key, "decimal number", decimals: "three", remedy, &findings) { text throws(DecimalText.Failure) in
            try within(range, try DecimalText.thousandths(text))
        }
    }

    /// A required number from 0 to 1 with at most nine decimals, in billionths.
    func probability(_ key: String, _ findings: inout DiagnosticList) -> Int? {
        let remedy = "Write a decimal number from 0 to 1 with at most nine decimals."
        return number(key, "decimal number", decimals: "nine", remedy, &findings) { text throws(DecimalText.Failure) in
            try within(0...1_000_000_000, try DecimalText.scaled(text, decimals: 9))
        }
    }

    /// A required decimal number of either sign, rounded to the nearest binary one.
    func real(_ key: String, _ findings: inout DiagnosticList) -> Double? {
        let remedy = "Write a decimal number such as 12.5 or -40."
        return number(key, "decimal number", remedy, &findings) { text throws(DecimalText.Failure) in
            try DecimalText.real(text)
        }
    }

    /// `true` or `false`; `false` where the key is missing.
    func flag(_ key: String, _ findings: inout DiagnosticList) -> Bool? {
        guard has(key) else { return false }
        return choice(key, [("true", true), ("false", false)], &findings)
    }

    private func number<Number>(
        _ key: String, _ kind: String, decimals: String = "", _ remedy: String, _ findings: inout DiagnosticList,
        read: (String) throws(DecimalText.Failure) -> Number
    ) -> Number? {
        guard let text = plain(key, "a \(kind == "whole number" ? kind : "number")", &findings) else { return nil }
        do throws(DecimalText.Failure) { return try read(text) } catch {
            let shown = text.count > 40 ? text.prefix(40) + "…" : text
            let message =
                switch error {
                case .negative: "'\(key)' of \(subject) is negative: \(shown)"
                case .notDecimal: "'\(key)' of \(subject) is '\(shown)', not a \(kind)"
                case .tooManyDecimals: "'\(key)' of \(subject) has more than \(decimals) decimals: \(shown)"
                case .tooLarge: "'\(key)' of \(subject) is out of range: \(shown)"
                }
            findings.error(position(of: key), message, remedy)
            return nil
        }
    }

    private func within(_ range: ClosedRange<Int>, _ value: Int) throws(DecimalText.Failure) -> Int {
        guard range.contains(value) else { throw .tooLarge }
        return value
    }
}

/// Thousandths as a decimal number without zeros at its end.
func decimal(thousandths: Int) -> String {
    guard thousandths % 1000 != 0 else { return String(thousandths / 1000) }
    var fraction = String(1000 + thousandths % 1000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(thousandths / 1000).\(fraction)"
}
