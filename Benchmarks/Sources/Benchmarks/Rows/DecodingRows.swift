/// What is done to counts.
let decodingRows: [any Row] = [
    SketchLookupRow(), SketchPeerRow(), HadamardRow(), LongHadamardRow(),
    SelectionRow(name: "9a", candidateCount: 10_000),
    SelectionRow(name: "9b", candidateCount: 100_000),
    GeometryRow(name: "13a", order: 64), GeometryRow(name: "13b", order: 53),
]

/// Both sides of a row should compute the same and do not.
struct DifferentResults: Error, CustomStringConvertible {
    let description: String
}

/// SplitMix64, for inputs that are the same in every run.
struct SeededWords: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
