import CKernels
import SecureRandomness
import TestSupport
import Testing

@Suite("The kernels that count reports of rows")
struct RowCounterKernelTests {
    struct Scene: CustomTestStringConvertible {
        let rowCount: Int
        let byteCount: Int
        let count: Int

        var testDescription: String { "\(count) reports of \(rowCount) rows, \(byteCount) bytes" }
    }

    struct Counts: Equatable {
        var cells: [UInt32]
        var rowReportCounts: [UInt32]

        init(_ scene: Scene) {
            cells = [UInt32](repeating: 0, count: scene.rowCount * 8 * scene.byteCount)
            rowReportCounts = [UInt32](repeating: 0, count: scene.rowCount)
        }
    }

    /// One by one, by planes, sorted with few and many of a row, and widths that planes are not for.
    static let scenes = [
        Scene(rowCount: 1, byteCount: 1, count: 50), Scene(rowCount: 1000, byteCount: 16, count: 200),
        Scene(rowCount: 3, byteCount: 16, count: 2000), Scene(rowCount: 2, byteCount: 48, count: 900),
        Scene(rowCount: 5, byteCount: 128, count: 1600), Scene(rowCount: 5, byteCount: 24, count: 300),
        Scene(rowCount: 5000, byteCount: 128, count: 10_000), Scene(rowCount: 40_000, byteCount: 16, count: 100_000),
    ]

    private static func reports(_ scene: Scene, from noise: inout SeededNoise) -> [UInt8] {
        (0..<scene.count).flatMap { _ in
            // Half of all reports are of row 0, so that its bytes overflow.
            let row = noise.next() & 1 == 0 ? 0 : noise.index(below: scene.rowCount)
            return [UInt8(row & 255), UInt8(row >> 8)] + BitCounterKernelTests.bytes(scene.byteCount, from: &noise)
        }
    }

    private static func count(
        _ bytes: [UInt8], _ scene: Scene, into counts: inout Counts, by set: dither_instruction_set
    ) -> Int {
        bytes.withUnsafeBufferPointer {
            var reports = dither_row_reports(
                bytes: $0.baseAddress, count: scene.count, row_byte_count: 2, bit_byte_count: scene.byteCount)
            return dither_count_row_reports(
                &reports, scene.rowCount, &counts.cells, &counts.rowReportCounts, set)
        }
    }

    private static func naiveCount(_ bytes: [UInt8], _ scene: Scene, first count: Int) -> Counts {
        var counts = Counts(scene)
        let stride = scene.byteCount + 2
        for start in Swift.stride(from: 0, to: count * stride, by: stride) {
            let row = Int(bytes[start]) | Int(bytes[start + 1]) << 8
            counts.rowReportCounts[row] += 1
            for bit in 0..<8 * scene.byteCount where bytes[start + 2 + bit / 8] >> UInt8(bit % 8) & 1 == 1 {
                counts.cells[row * 8 * scene.byteCount + bit] += 1
            }
        }
        return counts
    }

    @Test("count what a loop over the bits counts, however many rows there are", arguments: scenes)
    func everyWay(scene: Scene) {
        var noise = SeededNoise(seed: 0x5eed_0803)
        let bytes = Self.reports(scene, from: &noise)
        let expected = Self.naiveCount(bytes, scene, first: scene.count)
        for set in BitCounterKernelTests.sets {
            var counts = Counts(scene)
            #expect(Self.count(bytes, scene, into: &counts, by: set) == scene.count)
            #expect(counts == expected, "\(set)")
        }
    }

    @Test("stop at the first report of a row that there is not, or that is full, with those before it counted")
    func firstFault() {
        for scene in Self.scenes {
            var noise = SeededNoise(seed: 0x5eed_0804)
            let sound = Self.reports(scene, from: &noise), stride = scene.byteCount + 2, fault = scene.count * 2 / 3
            var outside = sound
            (outside[fault * stride], outside[fault * stride + 1]) = (
                UInt8(scene.rowCount & 255), UInt8(scene.rowCount >> 8)
            )
            let expected = Self.naiveCount(sound, scene, first: fault)
            for set in BitCounterKernelTests.sets {
                var counts = Counts(scene)
                #expect(Self.count(outside, scene, into: &counts, by: set) == fault)
                #expect(counts == expected, "\(scene.testDescription), \(set)")
            }
            // Row 0 has room for ten reports more.
            var (seen, last) = (0, 0)
            while seen < 11, last < scene.count {
                if sound[last * stride] == 0, sound[last * stride + 1] == 0 { seen += 1 }
                last += 1
            }
            for set in BitCounterKernelTests.sets {
                var counts = Counts(scene)
                counts.rowReportCounts[0] = .max - 10
                #expect(Self.count(sound, scene, into: &counts, by: set) == last - 1)
                #expect(counts.rowReportCounts[0] == .max)
                #expect(counts.cells == Self.naiveCount(sound, scene, first: last - 1).cells)
            }
        }
    }
}
