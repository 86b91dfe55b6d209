extension MappingReader {
    /// A required whole number within a range.
    func integer(_ key: String, in range: ClosedRange<Int>, _ findings: inout DiagnosticList) -> Int? {
        guard let text = plain(key, "a whole number", &findings) else { return nil }
        do throws(DecimalText.Failure) {
            let value = try DecimalText.integer(text)
            guard range.contains(value) else { throw .tooLarge }
            return value
        } catch {
            let remedy = "Write a whole number from \(range.lowerBound) to \(range.upperBound)."
            findings.error(position(of: key), sentence(about: error, key, text, "whole number"), remedy)
            return nil
        }
    }

    /// A required number with at most three decimals within a range, in thousandths.
    func thousandths(_ key: String, in range: ClosedRange<Int>, _ findings: inout DiagnosticList) -> Int? {
        guard let text = plain(key, "a number", &findings) else { return nil }
        do throws(DecimalText.Failure) {
            let value = try DecimalText.thousandths(text)
            guard range.contains(value) else { throw .tooLarge }
            return value
        } catch {
            let (low, high) = (decimal(thousandths: range.lowerBound), decimal(thousandths: range.upperBound))
            let remedy = "Write a decimal number from \(low) to \(high) with at most three decimals."
            findings.error(position(of: key), sentence(about: error, key, text, "decimal number"), remedy)
            return nil
        }
    }

    /// `true` or `false`; `false` where the key is missing.
    func flag(_ key: String, _ findings: inout DiagnosticList) -> Bool? {
        guard has(key) else { return false }
        return choice(key, [("true", true), ("false", false)], &findings)
    }

    private func sentence(
        about failure: DecimalText.Failure, _ key: String, _ text: String, _ kind: String
    ) -> String {
        let shown = text.count > 40 ? text.prefix(40) + "…" : text
        return switch failure {
        case .negative: "'\(key)' of \(subject) is negative: \(shown)"
        case .notDecimal: "'\(key)' of \(subject) is '\(shown)', not a \(kind)"
        case .tooManyDecimals: "'\(key)' of \(subject) has more than three decimals: \(shown)"
        case .tooLarge: "'\(key)' of \(subject) is out of range: \(shown)"
        }
    }
}

/// Thousandths as a decimal number without zeros at its end.
func decimal(thousandths: Int) -> String {
    guard thousandths % 1000 != 0 else { return String(thousandths / 1000) }
    var fraction = String(1000 + thousandths % 1000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(thousandths / 1000).\(fraction)"
}
