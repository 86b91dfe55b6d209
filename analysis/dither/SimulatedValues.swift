internal import DecoderCommands
internal import Estimation
internal import FleetSimulator
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions
internal import RegistryCompiler

/// What the devices of a simulation hold, as a CSV file says.
struct SimulatedValues {
    /// The devices, one group for each distinct value.
    let population: Population
    /// The distinct texts among the values, in the order of the file.
    let texts: [String]

    /// Reads the columns `value` and, if there is one, `count`. An empty value is no event, quoted or not: programs that
    /// write CSV quote empty cells as they please.
    ///
    /// - Throws: ``CommandError``, naming the line.
    init(path: String, of definition: MetricDefinition) throws(CommandError) {
        var file = try CSVFile(path: path)
        let valueColumn = try file.column(named: "value")
        let countColumn = file.header.contains("count") ? try file.column(named: "count") : nil
        var groups: [Population.Group] = [], places: [Value: Int] = [:], texts: [String] = []
        while let row = try file.nextRow() {
            var count = 1
            if let countColumn {
                guard let number = Int(row[countColumn]), (0...1_000_000_000).contains(number) else {
                    throw file.error(
                        inColumn: countColumn, "the count is no whole number from 0 to 1000000000",
                        remedy: "Write how many devices hold the value.")
                }
                count = number
            }
            var value = Value()
            if !row[valueColumn].isEmpty {
                do throws(MetricValueError) {
                    let held = try definition.domain.input(
                        for: try definition.domain.value(parsing: row[valueColumn]))
                    value = Value(input: held.input, isClipped: held.isClipped)
                } catch {
                    throw file.error(
                        inColumn: valueColumn, "the value is none of \(definition.name)",
                        remedy: "It takes \(Self.allowed(in: definition.domain)), or nothing for no event.")
                }
            }
            if let place = places[value] {
                groups[place].deviceCount += count
            } else {
                places[value] = groups.count
                groups.append(
                    Population.Group(input: value.input, deviceCount: count, isClipped: value.isClipped))
                if case .text = value.input { texts.append(row[valueColumn]) }
            }
        }
        (population, self.texts) = (Population(groups: groups), texts)
    }

    private struct Value: Hashable {
        var input: MechanismInput?
        var isClipped = false
    }

    /// What is estimated: declared values; of a string the candidates of the option, of the registry, or else the values.
    ///
    /// - Throws: ``CommandError``.
    func candidates(
        option: String?, of definition: MetricDefinition, registry: RegistrySource
    ) throws(CommandError) -> [Candidate] {
        guard definition.domain == .string else {
            guard option == nil else {
                throw CommandError(
                    .usage, "--candidates: \(definition.name) is a \(definition.domain.typeName). Leave it out.")
            }
            return definition.domain.labels.enumerated().map { Candidate(name: $1, input: .item($0)) }
                + absence(in: definition)
        }
        var source = registry.candidates[definition.name]
        if let option { source = try CandidateSource(option: option) }
        guard let source else {
            guard !texts.isEmpty else {
                throw CommandError(.usage, "no device has a value to estimate. Name some: --candidates FILE:COLUMN")
            }
            return texts.map { Candidate(name: $0, input: .text(Array($0.utf8))) } + absence(in: definition)
        }
        let list = try CandidateList(reading: source)
        for note in list.notes { StandardStreams.tell("note: \(note)") }
        return list.texts.map { Candidate(name: String(decoding: $0, as: UTF8.self), input: .text($0)) }
            + absence(in: definition)
    }

    /// "No event", where the mechanism tells it from the values.
    private func absence(in definition: MetricDefinition) -> [Candidate] {
        let oracle = OracleCatalog.standard.oracle(for: definition.mechanism) as? any FrequencyOracle
        guard oracle?.estimatesAbsence == true else { return [] }
        return [Candidate(name: MetricDomain.absenceLabel, input: .absent)]
    }

    private static func allowed(in domain: MetricDomain) -> String {
        switch domain {
        case .boolean: "true or false"
        case .category: "one of the registry's values"
        case .string: "a text of up to \(InputDomain.textByteLimit) bytes"
        case .number: "a decimal number"
        case .pair(let first, let second):
            "\(allowed(in: first.domain)), a tab, and \(allowed(in: second.domain))"
        }
    }
}
