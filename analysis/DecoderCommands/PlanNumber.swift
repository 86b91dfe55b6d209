internal import ArgumentParser
internal import LocalPrivacy
internal import Planning

/// The numbers of a plan as they are written on a command line.
enum PlanNumber {
    /// A list with commas; one `nil` where the option is missing.
    static func list<Value>(
        _ text: String?, _ option: String, _ read: (String, String) throws -> Value
    ) throws -> [Value?] {
        guard let text else { return [nil] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 100 else {
            throw ValidationError("\(option): has \(parts.count) numbers, and 100 are planned at most")
        }
        return try parts.map { try read($0, option) }
    }

    /// A whole number, also as 1e6.
    static func deviceCount(_ text: String, option: String) throws -> Int {
        let allowed = PlanningTask.allowedDeviceCounts
        guard let number = Double(text), number >= Double(allowed.lowerBound), number <= Double(allowed.upperBound),
            number == number.rounded()
        else { throw ValidationError("\(option) '\(text)': write a whole number from 1 to 1e10") }
        return Int(number)
    }

    /// At most three decimals, as an ε is declared.
    static func epsilon(_ text: String, option: String) throws -> Epsilon {
        guard let number = Double(text), (0.001...16).contains(number),
            abs(number * 1000 - (number * 1000).rounded()) < 1e-6,
            let epsilon = try? Epsilon(thousandths: Int((number * 1000).rounded()))
        else {
            throw ValidationError("\(option) '\(text)': write a number from 0.001 to 16 with at most three decimals")
        }
        return epsilon
    }

    /// A fraction of 1, or with % one of 100.
    static func share(_ text: String, option: String, in allowed: ClosedRange<Double>) throws -> Double {
        let isPercentage = text.hasSuffix("%")
        guard let number = Double(isPercentage ? String(text.dropLast()) : text) else {
            throw ValidationError("\(option) '\(text)': is no number. Write 0.01 or 1%")
        }
        let share = isPercentage ? number / 100 : number
        guard allowed.contains(share) else {
            throw ValidationError("\(option) '\(text)': is out of range. Write a share such as 0.01 or 1%")
        }
        return share
    }

    /// A finite number above zero.
    static func positive(_ text: String, option: String) throws -> Double {
        guard let number = Double(text), number.isFinite, number > 0 else {
            throw ValidationError("\(option) '\(text)': is no number above 0, in the units of the range")
        }
        return number
    }
}
