import Foundation
import FuzzTargets
import TestSupport
import Testing

@Suite("What takes bytes from outside", .serialized)
struct CorpusTests {
    @Test("answers every input of its fuzzer's corpus", arguments: FuzzTarget.allCases)
    func corpus(target: FuzzTarget) throws {
        let folder = Fixtures.packageRoot.appending(path: "Tests/Fuzzing/corpora/\(target.rawValue)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.isEmpty)
        for name in names.sorted() {
            target.run(try #require(contents(ofFile: folder.appending(path: name).path), "\(name) cannot be read"))
        }
    }
}
