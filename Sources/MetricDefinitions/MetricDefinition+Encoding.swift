internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

extension MetricDefinition {
    /// The bytes behind ``definitionHash``: identity, domain, what absence and several events mean, and the integers of
    /// the mechanism. Not the caps, the texts and the release gate, which change no report.
    static func canonicalDefinition(_ fields: Fields, mechanism: any LocalRandomizer) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(text: "dither/definition/v1")
        writer.append(fields.identifier)
        writer.append(fields.version)
        writer.append(domain: fields.domain)
        writer.append(whenAbsent: fields.whenAbsent, in: fields.domain)
        writer.append(fields.combination.rawValue)
        writer.append(mechanism: mechanism)
        return writer.bytes
    }

    /// Everything, as it stands in a compiled metric set.
    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.append(identifier.value)
        writer.append(version)
        writer.append(text: name)
        writer.append(text: summary)
        writer.append(domain: domain)
        writer.append(whenAbsent: whenAbsent, in: domain)
        writer.append(combination.rawValue)
        writer.append(mechanism: mechanism)
        switch lifetime {
        case .budget(let budget):
            writer.append(UInt8(0))
            writer.append(UInt32(budget.thousandths))
        case .memoized(let reports, let distinctValues):
            writer.append(UInt8(1))
            writer.append(UInt32(reports))
            writer.append(UInt32(distinctValues))
        }
        writer.append(UInt32(minimumReports))
        writer.append(text: owner)
        switch expiry {
        case .lastDay(let day):
            writer.append(UInt8(0))
            writer.append(day.index)
        case .never(let reason):
            writer.append(UInt8(1))
            writer.append(text: reason)
        }
        return writer.bytes
    }

    /// Reads what ``encoded`` wrote.
    init(
        reading reader: inout ByteReader, catalog: MechanismCatalog
    ) throws(MetricDefinitionError) {
        var fields = Fields(), source = DefinitionReader(reader)
        fields.identifier = try source.integer()
        fields.version = try source.integer()
        fields.name = try source.text()
        fields.summary = try source.text()
        fields.domain = try source.domain()
        fields.whenAbsent = try source.whenAbsent(in: fields.domain)
        fields.combination = try source.tag("combine") { Combination(rawValue: $0) }
        let mechanism = try source.mechanism(catalog: catalog)
        fields.lifetime = try source.lifetime()
        fields.minimumReports = Int(try source.integer() as UInt32)
        fields.owner = try source.text()
        fields.expiry = try source.expiry()
        reader = source.reader
        try self.init(fields, mechanism: mechanism)
    }
}

extension ByteWriter {
    fileprivate mutating func append(domain: MetricDomain) {
        switch domain {
        case .boolean: append(UInt8(0))
        case .category(let names):
            append(UInt8(1))
            append(UInt32(names.count))
            for name in names { append(text: name) }
        case .string: append(UInt8(2))
        case .number(let range):
            append(UInt8(3))
            append(range.low.bitPattern)
            append(range.high.bitPattern)
        case .pair(let first, let second):
            append(UInt8(4))
            for variable in [first, second] {
                append(text: variable.name)
                append(domain: variable.domain)
            }
        }
    }

    fileprivate mutating func append(whenAbsent: WhenAbsent, in domain: MetricDomain) {
        switch whenAbsent {
        case .none: append(UInt8(0))
        case .last: append(UInt8(1))
        case .skip: append(UInt8(2))
        case .value(let value): append(absent: value, in: domain)
        }
    }

    private mutating func append(absent value: MetricValue, in domain: MetricDomain) {
        switch (value, domain) {
        case (.text(let text), _):
            append(UInt8(4))
            append(text: text)
        case (.number(let number), _):
            append(UInt8(5))
            append(number.bitPattern)
        case (.pair(let value, let other), .pair(let first, let second)):
            append(UInt8(6))
            append(absent: value, in: first.domain)
            append(absent: other, in: second.domain)
        default:
            guard case .item(let item)? = try? domain.input(for: value).input else {
                preconditionFailure("a validated value for absence belongs to its domain")
            }
            append(UInt8(3))
            append(UInt32(item))
        }
    }

    fileprivate mutating func append(mechanism: any LocalRandomizer) {
        append(text: type(of: mechanism).identifier)
        append(UInt8(type(of: mechanism).isMemoized ? 1 : 0))
        mechanism.erasedConfiguration.write(to: &self)
    }
}

/// A ``ByteReader`` whose errors are those of a definition.
private struct DefinitionReader {
    var reader: ByteReader

    init(_ reader: ByteReader) { self.reader = reader }

    mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>() throws(MetricDefinitionError) -> Integer {
        do { return try reader.integer(Integer.self) } catch { throw .format(error) }
    }

    mutating func text() throws(MetricDefinitionError) -> String {
        do { return try reader.text() } catch { throw .format(error) }
    }

    mutating func tag<Case>(_ field: String, _ make: (UInt8) -> Case?) throws(MetricDefinitionError) -> Case {
        let value: UInt8 = try integer()
        guard let made = make(value) else { throw .unknownTag(field: field, value: value) }
        return made
    }

    mutating func day(_ field: String) throws(MetricDefinitionError) -> UTCDay {
        guard let day = UTCDay(index: try integer()) else { throw .dayOutOfRange(field: field) }
        return day
    }

    /// - Parameter isHalf: whether it is that of a half of a pair, which is no pair.
    mutating func domain(isHalf: Bool = false) throws(MetricDefinitionError) -> MetricDomain {
        switch try integer() as UInt8 {
        case 0: return .boolean
        case 1:
            var names: [String] = []
            for _ in 0..<(try integer() as UInt32) { names.append(try text()) }
            return .category(names)
        case 2: return .string
        case 3:
            guard let range = NumberRange(low: try number(), high: try number()) else { throw .malformedRange }
            return .number(range)
        case 4 where !isHalf: return .pair(try variable(), try variable())
        case let value: throw .unknownTag(field: "type", value: value)
        }
    }

    mutating func variable() throws(MetricDefinitionError) -> MetricVariable {
        MetricVariable(name: try text(), domain: try domain(isHalf: true))
    }

    mutating func number() throws(MetricDefinitionError) -> Double { Double(bitPattern: try integer()) }

    mutating func whenAbsent(in domain: MetricDomain) throws(MetricDefinitionError) -> WhenAbsent {
        switch try integer() as UInt8 {
        case 0: return .none
        case 1: return .last
        case 2: return .skip
        case let tag: return .value(try absentValue(tag, in: domain))
        }
    }

    private mutating func absentValue(
        _ tag: UInt8, in domain: MetricDomain
    ) throws(MetricDefinitionError) -> MetricValue {
        switch tag {
        case 3:
            let item = Int(try integer() as UInt32)
            guard domain.labels.indices.contains(item) else { throw .absentItemOutOfDomain }
            return domain == .boolean ? .boolean(item == 1) : .category(domain.labels[item])
        case 4: return .text(try text())
        case 5: return .number(try number())
        case 6:
            // The halves of a pair are no pairs, so that this goes no deeper.
            guard case .pair(let first, let second) = domain else { throw .absentItemOutOfDomain }
            return .pair(
                try absentValue(try integer(), in: first.domain), try absentValue(try integer(), in: second.domain))
        default: throw .unknownTag(field: "when_absent", value: tag)
        }
    }

    mutating func mechanism(catalog: MechanismCatalog) throws(MetricDefinitionError) -> any LocalRandomizer {
        let name = try text()
        let memoized = try tag("memoize") { $0 <= 1 ? $0 == 1 : nil }
        guard let type = catalog.randomizer(name, memoized: memoized) else {
            throw .unknownMechanism(name: name, memoized: memoized)
        }
        return try type.make(reading: &reader)
    }

    mutating func lifetime() throws(MetricDefinitionError) -> LifetimeCap {
        switch try integer() as UInt8 {
        case 0:
            let thousandths = Int(try integer() as UInt32)
            do { return .budget(try PrivacyBudget(thousandths: thousandths)) } catch { throw .parameter(error) }
        case 1:
            return .memoized(
                reports: Int(try integer() as UInt32), distinctValues: Int(try integer() as UInt32))
        case let value: throw .unknownTag(field: "epsilon_lifetime", value: value)
        }
    }

    mutating func expiry() throws(MetricDefinitionError) -> Expiry {
        switch try integer() as UInt8 {
        case 0: return .lastDay(try day("expires"))
        case 1: return .never(reason: try text())
        case let value: throw .unknownTag(field: "expires", value: value)
        }
    }
}
