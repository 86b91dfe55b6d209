import Foundation
import Reports
import Testing

/// What scripts/browser/check_picture.py has found of one picture.
private struct PictureFindings: Decodable {
    var path: String
    var dark: Bool
    var texts: Int
    var outside, overlaps, faint, faults: [String]
}

@Suite(
    "Pictures in a browser",
    .serialized, .enabled(if: Browser.isInstalled, "SKIPPED: no chromium here; scripts/setup.sh installs it"))
struct PictureBrowserTests {
    @Test("Every word is in the picture, lies on no other, and is legible, light and dark; nothing is asked for")
    func words() throws {
        var differences = PictureTests.chart
        differences.scale = .shareDifference
        let pictures = [
            PictureTests.picture(), PictureTests.picture(differences), PictureTests.series, ErrorPictureTests.picture,
        ]
        let folder = FileManager.default.temporaryDirectory.appending(path: "dither-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = try pictures.enumerated().map { place, svg in
            let file = folder.appending(path: "\(place).svg")
            try Data(svg.utf8).write(to: file)
            return file.path(percentEncoded: false)
        }
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Browser.root.appending(path: "scripts/browser/check_picture.py").path] + paths
        process.standardOutput = output
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let found = try JSONDecoder().decode([PictureFindings].self, from: answer)
        #expect(found.count == 2 * pictures.count && found.allSatisfy { $0.texts > 15 })
        for one in found {
            let words = one.outside + one.overlaps + one.faint + one.faults
            #expect(words == [], "\(one.path), dark: \(one.dark)")
        }
    }
}
