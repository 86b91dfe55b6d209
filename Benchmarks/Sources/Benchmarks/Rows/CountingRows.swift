/// What is done to every report that was collected.
let countingRows: [any Row] = [
    BitCountRow(name: "4a", set: .portable, bitCount: 128, goal: .speed(atLeast: 0.55)),
    BitCountRow(name: "4b", set: .portable, bitCount: 1024, goal: .speed(atLeast: 0.42)),
    BitCountRow(name: "4c", set: .avx2, bitCount: 128, goal: .speed(atLeast: 0.75)),
    BitCountRow(name: "4d", set: .avx2, bitCount: 1024, goal: .speed(atLeast: 0.55)),
    BitCountRow(name: "4e", set: .avx512, bitCount: 128, goal: .speed(atLeast: 0.80)),
    BitCountRow(name: "4f", set: .avx512, bitCount: 1024, goal: .speed(atLeast: 0.75)),
    MixedRowsRow(), ManyRowsRow(),
    ChunkRow(name: "6a", way: .warm, goal: .speed(atLeast: 0.95)),
    ChunkRow(name: "6b", way: .firstTouch, goal: .speed(atLeast: 0.75)),
    ChunkRow(name: "6c", way: .unmapped, goal: .speed(atLeast: 0.60)),
    ChunkRow(name: "6e", way: .checked, goal: .speed(atLeast: 0.95)),
    RowScanRow(),
]
