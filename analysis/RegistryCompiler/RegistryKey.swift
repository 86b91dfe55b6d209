internal import Mechanisms
internal import MetricDefinitions

/// Every key that a registry may have, with a line that shows its use.
public struct RegistryKey: Hashable, Sendable {
    /// Which mapping the key belongs to.
    public enum Place: String, Hashable, Sendable, CaseIterable {
        case top, ceiling, agent, metric, half, range, candidates, whenAbsent, release, expires
    }

    /// The mapping.
    public let place: Place
    /// The key as it is written.
    public let name: String
    /// The key with a value, as messages suggest it.
    public let example: String

    private init(_ place: Place, _ name: String, _ example: String) {
        (self.place, self.name, self.example) = (place, name, "\(name): \(example)")
    }

    /// The keys, in the order in which a registry states them.
    public static let all = keys + halfKeys

    private static let keys = [
        RegistryKey(.top, "registry", "1"),
        RegistryKey(.top, "project", "flights"),
        RegistryKey(.top, "ceiling", "{ epsilon_per_day: 16, epsilon_lifetime: 1000 }"),
        RegistryKey(.top, "agent", "{ enrolment_delay_hours: 24 }"),
        RegistryKey(.top, "metrics", "and below it one mapping per metric"),
        RegistryKey(.ceiling, "epsilon_per_day", "16"),
        RegistryKey(.ceiling, "epsilon_lifetime", "1000"),
        RegistryKey(.agent, "enrolment_delay_hours", "24"),
        RegistryKey(.metric, "id", "1"),
        RegistryKey(.metric, "version", "1"),
        RegistryKey(.metric, "description", "Did the flight leave late?"),
        RegistryKey(.metric, "type", "boolean"),
        RegistryKey(.metric, "values", "[small, medium, large]"),
        RegistryKey(.metric, "range", "{ low: 0, high: 100 }"),
        RegistryKey(
            .metric, "first", "{ name: delayed, type: boolean, mechanism: randomized_response, epsilon: 0.5 }"),
        RegistryKey(
            .metric, "second", "{ name: rebooked, type: boolean, mechanism: randomized_response, epsilon: 0.5 }"),
        RegistryKey(.metric, "candidates", "{ file: airports.csv, column: iata }"),
        RegistryKey(.metric, "mechanism", "randomized_response"),
        RegistryKey(.metric, "epsilon", "1.0"),
        RegistryKey(.metric, "epsilon_lifetime", "120"),
        // What mechanisms take beyond ε; each states its own in `Configuration.parameters`.
        RegistryKey(.metric, "bits", "128"),
        RegistryKey(.metric, "hashes", "2"),
        RegistryKey(.metric, "cohorts", "64"),
        RegistryKey(.metric, "f", "0.5"),
        RegistryKey(.metric, "p", "0.5"),
        RegistryKey(.metric, "q", "0.75"),
        RegistryKey(.metric, "rows", "1024"),
        RegistryKey(.metric, "width", "1024"),
        RegistryKey(.metric, "subset_size", "4"),
        RegistryKey(.metric, "hash_range", "8"),
        RegistryKey(.metric, "field_order", "64"),
        RegistryKey(.metric, "dimension", "4"),
        RegistryKey(.metric, "segments", "1"),
        RegistryKey(.metric, "grid", "256"),
        RegistryKey(.metric, "buckets", "64"),
        RegistryKey(.metric, "sampled_buckets", "8"),
        // What `mechanism: auto` chooses by.
        RegistryKey(.metric, "expected_devices", "100000"),
        RegistryKey(.metric, "report_bytes", "64"),
        RegistryKey(.metric, "memoize", "true"),
        RegistryKey(.metric, "epsilon_permanent", "2.0"),
        RegistryKey(.metric, "max_reports", "365"),
        RegistryKey(.metric, "max_reports_reason", "the attribute is fixed when the device is made"),
        RegistryKey(.metric, "max_distinct_values", "3"),
        RegistryKey(.metric, "period", "day"),
        RegistryKey(.metric, "when_absent", "none"),
        RegistryKey(.metric, "presence", "public"),
        RegistryKey(.metric, "combine", "sample"),
        RegistryKey(.metric, "release", "{ minimum_reports: 1000 }"),
        RegistryKey(.metric, "owner", "ops@airline.example"),
        RegistryKey(.metric, "expires", "2027-06-30"),
        RegistryKey(.range, "low", "0"),
        RegistryKey(.range, "high", "100"),
        RegistryKey(.candidates, "file", "airports.csv"),
        RegistryKey(.candidates, "column", "iata"),
        RegistryKey(.whenAbsent, "value", "false"),
        RegistryKey(.release, "minimum_reports", "1000"),
        RegistryKey(.expires, "never", "it ships with the product as its worked example"),
    ]

    /// What a half of a pair states, which is what fixes its noise: as a metric of its own.
    private static let halfKeys =
        [RegistryKey(.half, "name", "delayed")]
        + keys.filter { key in
            let names = ["type", "values", "candidates", "mechanism", "epsilon", "memoize", "epsilon_permanent"]
            return key.place == .metric && (names.contains(key.name) || mechanismKeys.contains(key.name))
        }.map { RegistryKey(half: $0) }

    /// What mechanisms take beyond ε.
    private static let mechanismKeys = Set(
        MechanismCatalog.standard.randomizers.flatMap { type in type.parameters.map(\.name) })

    private init(half key: RegistryKey) { (place, name, example) = (.half, key.name, key.example) }

    static func names(in place: Place) -> [String] { all.filter { $0.place == place }.map(\.name) }

    static func example(of name: String, in place: Place) -> String {
        all.first { $0.place == place && $0.name == name }?.example ?? name
    }
}
