/// The names of what commands write as JSON, with their versions; docs/schemas has a schema for each.
///
/// A version is raised when a member goes, or its type or meaning changes. Members and kinds may be added without.
public enum OutputSchema: String, CaseIterable, Sendable {
    case associate = "dither.associate/1"
    case audit = "dither.audit/1"
    case compare = "dither.compare/1"
    case estimate = "dither.estimate/1"
    case export = "dither.export/1"
    case plan = "dither.plan/1"
    case rapporDecode = "dither.rappor-decode/1"
    case rapporFamilies = "dither.rappor-families/1"
    case rapporPrivacy = "dither.rappor-privacy/1"
    case rapporRegtest = "dither.rappor-regtest/1"
    case registryCheck = "dither.registry-check/1"
    case registryExplain = "dither.registry-explain/1"
    case registryVerify = "dither.registry-verify/1"
    case simulate = "dither.simulate/1"
    case simulatePosting = "dither.simulate-posting/1"
    case study = "dither.study/1"
    case studyHistogram = "dither.study-histogram/1"
    case studyList = "dither.study-list/1"

    /// The first member of an object, and of each object of an array.
    public var member: (String, JSONOutput) { ("schema", .cell(.text(rawValue))) }
}

extension JSONOutput {
    /// What a command writes: an object that begins with its schema.
    public static func document(_ schema: OutputSchema, _ members: [(String, JSONOutput)]) -> JSONOutput {
        .object([schema.member] + members)
    }
}
