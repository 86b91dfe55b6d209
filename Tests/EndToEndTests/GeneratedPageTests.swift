import Foundation
import TestSupport
import Testing

@Suite("Generated pages")
struct GeneratedPageTests {
    private static let examples = Fixtures.packageRoot.appending(path: "clients/examples").path(percentEncoded: false)

    private func explain(_ registry: String, _ more: String...) throws -> Outcome {
        try run("dither", ["registry", "explain", registry] + more)
    }

    @Test(
        "Every example's pages for users are what its registry says today",
        arguments: ["swift", "machine-report", "flights", "hello"])
    func upToDate(example: String) throws {
        let registry = "\(Self.examples)/\(example)/metrics.yaml"
        for (kind, page) in [("--html", "PRIVACY.html"), ("--markdown", "PRIVACY.md")] {
            let path = "\(Self.examples)/\(example)/\(page)"
            guard FileManager.default.fileExists(atPath: path) else {
                #expect(kind == "--markdown", "\(example) has a page in HTML")
                continue
            }
            let outcome = try explain(registry, kind, "--check", path)
            #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.complaint)")
        }
    }

    @Test(
        "A change of a metric makes a page stale, and its refusal says how to make it anew, which works",
        arguments: ["--html", "--markdown"])
    func stale(kind: String) throws {
        let workspace = try Workspace()
        let text = try String(contentsOfFile: Self.examples + "/swift/metrics.yaml", encoding: .utf8)
        let registry = try workspace.write("metrics.yaml", text), page = workspace.file("page")
        #expect(try explain(registry, kind, "-o", page).output.isEmpty)
        #expect(try explain(registry, kind, "--check", page).status == 0)
        // Texts, numbers and what estimates are gated by: all of it is on the page.
        for (old, new) in [
            ("Did the editor crash today?", "Did the editor crash?"),
            ("epsilon_lifetime: 120", "epsilon_lifetime: 121"),
            ("minimum_reports: 10000", "minimum_reports: 10001"),
        ] {
            _ = try workspace.write("metrics.yaml", text.replacing(old, with: new))
            let stale = try explain(registry, kind, "--check", page)
            #expect(stale.status == 4 && stale.complaint.contains("from line "), "\(new): \(stale.complaint)")
            let remedy = try #require(stale.complaint.components(separatedBy: "Make it anew: ").last)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(remedy == "dither registry explain \(registry) \(kind) -o \(page)")
        }
        #expect(try explain(registry, kind, "-o", page).status == 0)
        #expect(try explain(registry, kind, "--check", page).status == 0)
    }

    @Test("The check of all pages finds each that is committed, and fails where one is stale or belongs to no registry")
    func everyPage() throws {
        let workspace = try Workspace()
        func check(_ more: String...) throws -> Outcome {
            try run(
                Fixtures.packageRoot.appending(path: "scripts/check_pages.py").path(percentEncoded: false),
                ["--dither", Executables.path("dither"), "--root", workspace.path, "--privacy"] + more)
        }
        for example in ["swift", "machine-report"] {
            try FileManager.default.copyItem(
                atPath: "\(Self.examples)/\(example)", toPath: workspace.file(example))
        }
        let sound = try check()
        #expect(sound.status == 0, "\(sound)")
        for page in [
            "swift/PRIVACY.html", "swift/PRIVACY.md", "machine-report/PRIVACY.html", "machine-report/PRIVACY.md",
        ] {
            #expect(sound.output.contains(page), "\(page)")
        }
        let registry = workspace.file("swift/metrics.yaml")
        let text = try String(contentsOfFile: registry, encoding: .utf8)
        _ = try workspace.write("swift/metrics.yaml", text.replacing("crash today?", with: "crash?"))
        let stale = try check()
        #expect(stale.status == 4 && stale.complaint.contains("make pages"), "\(stale)")
        #expect(
            stale.complaint.contains("swift/PRIVACY.html: differs")
                && stale.complaint.contains("swift/PRIVACY.md: differs"))
        #expect(!stale.complaint.contains("machine-report/PRIVACY.md: differs"))
        #expect(try check("--write").status == 0)
        #expect(try check().status == 0)
        try FileManager.default.removeItem(atPath: registry)
        let orphan = try check()
        #expect(orphan.status == 4 && orphan.complaint.contains("there is no metrics.yaml beside it"), "\(orphan)")
    }
}
