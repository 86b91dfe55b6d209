import ReportFormat
import TestSupport
import Testing

@Suite("Fields of bytes")
struct CanonicalBytesTests {
    @Test("read what was written, whatever it was, and leave nothing over")
    func readingInvertsWriting() throws {
        var noise = SeededNoise(seed: 0x5eed_0020)
        for _ in 0..<300 {
            let (a, b, c, d) = (
                UInt8(truncatingIfNeeded: noise.next()), UInt16(truncatingIfNeeded: noise.next()),
                UInt32(truncatingIfNeeded: noise.next()), noise.next()
            )
            let content = noise.bytes(count: Int.random(in: 0..<40, using: &noise))
            let text = String(decoding: noise.bytes(count: Int.random(in: 0..<40, using: &noise)), as: UTF8.self)
            var writer = ByteWriter()
            writer.append(a)
            writer.append(b)
            writer.append(text: text)
            writer.append(c)
            writer.append(content)
            writer.append(d)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.integer(UInt8.self) == a)
            #expect(try reader.integer(UInt16.self) == b)
            #expect(try Array(reader.text().utf8) == Array(text.utf8))
            #expect(try reader.integer(UInt32.self) == c)
            #expect(try reader.bytes(count: content.count) == content)
            #expect(reader.remainingCount == 8)
            #expect(throws: ByteFormatError.trailingBytes(offset: reader.offset)) { try reader.finish() }
            #expect(try reader.integer(UInt64.self) == d)
            #expect(throws: Never.self) { try reader.finish() }
        }
    }

    @Test("are little-endian")
    func integersAreLittleEndian() {
        var writer = ByteWriter()
        writer.append(UInt32(0x0102_0304))
        writer.append(text: "é")
        #expect(writer.bytes == [4, 3, 2, 1, 2, 0, 0xc3, 0xa9])
    }

    @Test("say where and how much is missing when they end early")
    func truncationIsLocated() {
        var reader = ByteReader([1, 2, 3])
        #expect(throws: ByteFormatError.truncated(offset: 0, needed: 4)) { try reader.integer(UInt32.self) }
        #expect(throws: Never.self) { try reader.integer(UInt16.self) }
        #expect(throws: ByteFormatError.truncated(offset: 2, needed: 2)) { try reader.bytes(count: 2) }
        #expect(throws: ByteFormatError.truncated(offset: 2, needed: -1)) { try reader.bytes(count: -1) }
        #expect(throws: ByteFormatError.truncated(offset: 2, needed: 2)) { try reader.text() }
        #expect(reader.offset == 2)
        var empty = ByteReader([])
        #expect(throws: ByteFormatError.truncated(offset: 0, needed: 1)) { try empty.integer(UInt8.self) }
    }

    @Test("of a range end with the range, and count from the whole")
    func rangesAreKept() throws {
        var reader = ByteReader([9, 8, 7, 6], in: 1..<3)
        #expect(reader.remainingCount == 2)
        #expect(try reader.bytes(count: 2) == [8, 7])
        #expect(throws: ByteFormatError.truncated(offset: 3, needed: 1)) { try reader.integer(UInt8.self) }
    }

    @Test(
        "of a text are UTF-8 or refused",
        arguments: [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80]] as [[UInt8]])
    func textsAreUTF8(content: [UInt8]) {
        var reader = ByteReader([UInt8(content.count), 0] + content)
        #expect(throws: ByteFormatError.notUTF8(offset: 0)) { try reader.text() }
    }

    @Test("name fingerprints and batches in hexadecimal, in wire order")
    func identifiersPrintInWireOrder() {
        let fingerprint = Fingerprint(value: 0x0807_0605_0403_0201)
        #expect(fingerprint.encoded == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(fingerprint.description == "0102030405060708")
        #expect(BatchIdentifier(bytes: Array(0..<16))?.description == "000102030405060708090a0b0c0d0e0f")
        #expect(BatchIdentifier(bytes: Array(0..<15)) == nil)
        #expect(BatchIdentifier(bytes: Array(0..<17)) == nil)
    }
}
