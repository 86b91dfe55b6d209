import Foundation
import GRDB
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

/// `minutes`: a number from 0 to 100 in 8 buckets, of which a distribution is estimated.
private func waveMetric() throws -> MetricDefinition {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name, fields.summary) = (9, 1, "minutes", "How long did it take?")
    let range = try #require(NumberRange(low: 0, high: 100))
    fields.domain = .number(range)
    fields.lifetime = .budget(try PrivacyBudget(thousandths: 120_000))
    fields.whenAbsent = .value(.number(0))
    (fields.minimumReports, fields.owner) = (100, "ops@airline.example")
    fields.expiry = .never(reason: "A metric of the tests")
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 2000), domain: .range, reportsAbsence: false,
        parameters: ["buckets": DeclaredNumber(8)])
    return try MetricDefinition(fields, mechanism: try SquareWave.make(declared: declared))
}

@Suite("A dashboard as a process")
struct DashboardTests {
    @Test("Who calls it by another name, without a token or with anything but GET is sent away")
    func matrix() throws {
        let scene = try DashboardScene()
        try scene.report(days: 1)
        let dashboard = try RunningDashboard(scene.options)
        let visitor = try dashboard.enter(), port = dashboard.port
        let hosts: [(name: String, isOurs: Bool)] = [
            ("127.0.0.1:\(port)", true), ("localhost:\(port)", true), ("127.0.0.1", false), ("localhost", false),
            ("127.0.0.1:\(port + 1)", false), ("evil.example:\(port)", false),
            ("localhost.evil.example:\(port)", false),
            ("[::1]:\(port)", false), ("LOCALHOST:\(port)", false), ("127.0.0.1:\(port).", false), ("", false),
            ("127.1:\(port)", false), ("0.0.0.0:\(port)", false),
        ]
        let methods = [
            ("GET", true), ("HEAD", true), ("POST", false), ("PUT", false), ("DELETE", false), ("OPTIONS", false),
            ("PATCH", false), ("TRACE", false),
        ]
        let wrong = String(repeating: "0", count: 64), other = visitor.cookie.split(separator: "=")[0]
        // What is shown, and what is answered to it on the page's own path.
        let keys: [(target: String, fields: [String], status: Int)] = [
            (visitor.folder, [], 403), ("/", [], 403), ("/favicon.ico", [], 403),
            (visitor.folder, ["Cookie: \(other)=\(wrong)"], 403), (visitor.folder, ["Cookie: \(other)="], 403),
            (visitor.folder, ["Authorization: Bearer \(dashboard.token)"], 403),
            (visitor.folder, ["Cookie: \(other)=\(dashboard.token)"], 403),
            ("/?token=", [], 403), ("/?token=\(wrong)", [], 403), ("/?token=\(dashboard.token)0", [], 403),
            ("/?token=\(dashboard.token.dropLast())", [], 403), ("/?Token=\(dashboard.token)", [], 403),
            ("\(visitor.folder)?token=\(wrong)", ["Cookie: \(visitor.cookie)"], 403),
            ("/?token=\(dashboard.token)", [], 303), ("/freshness?x=1&token=\(dashboard.token)", [], 303),
            ("//evil.example/?token=\(dashboard.token)", [], 303),
            ("/", ["Cookie: \(visitor.cookie)"], 404), ("/freshness", ["Cookie: \(visitor.cookie)"], 404),
            (visitor.folder, ["Cookie: \(visitor.cookie)"], 200),
            (visitor.folder, ["Cookie: a=b; \(visitor.cookie); c=d"], 200),
            (visitor.folder + "freshness", ["Cookie: a=b;\(visitor.cookie)"], 200),
            (visitor.folder + "../", ["Cookie: \(visitor.cookie)"], 404),
            (visitor.folder + "metrics/../../etc/passwd", ["Cookie: \(visitor.cookie)"], 404),
            (visitor.folder + "metrics/departed_late/estimates.csv", ["Cookie: \(visitor.cookie)"], 200),
            (visitor.folder + "metrics/departed_late/estimates.exe", ["Cookie: \(visitor.cookie)"], 404),
            (visitor.folder + "metrics/departed%5Flate/estimates.csv", ["Cookie: \(visitor.cookie)"], 404),
        ]
        for (host, isOurs) in hosts {
            for (method, isRead) in methods {
                for key in keys {
                    let expected = !isOurs ? 421 : !isRead ? 405 : key.status
                    let answer = dashboard.ask(key.target, key.fields, host: host, method: method)
                    #expect(answer?.status == expected, "\(method) \(key.target) \(key.fields) as '\(host)'")
                    if expected == 421 { break }
                }
            }
        }
        for head in ["GET / HTTP/1.0\r\n", "GET / HTTP/1.1\r\n"] {
            #expect(Answer(dashboard.exchange(head + "\r\n"))?.status == 421, "no Host")
        }
        let ours = "Host: 127.0.0.1:\(port)\r\n"
        let twice = "GET \(visitor.folder) HTTP/1.1\r\n\(ours)Host: evil.example\r\nCookie: \(visitor.cookie)\r\n\r\n"
        #expect([400, 421].contains(Answer(dashboard.exchange(twice))?.status))
        let absolute = "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n"
        #expect(Answer(dashboard.exchange(absolute))?.status == 421)
    }

    @Test("Every answer forbids to be framed, kept, guessed at and told of, and the way in leaves no token behind")
    func fields() throws {
        let scene = try DashboardScene()
        try scene.report(days: 1)
        let dashboard = try RunningDashboard(scene.options)
        let visitor = try dashboard.enter()
        let entrance = try #require(dashboard.ask("/metrics/departed_late/estimates.csv?token=\(dashboard.token)"))
        #expect(entrance.fields["location"] == visitor.folder + "metrics/departed_late/estimates.csv")
        let cookie = try #require(entrance.fields["set-cookie"])
        #expect(
            cookie.hasSuffix("; Path=\(visitor.folder); HttpOnly; SameSite=Strict") && !cookie.contains(dashboard.token)
        )
        #expect(visitor.folder.count == 66 && visitor.cookie.count >= 64 && dashboard.token.count == 64)
        #expect(dashboard.ask("//evil.example/?token=\(dashboard.token)")?.fields["location"] == visitor.folder)
        let answers = [
            entrance, visitor.ask(), visitor.ask("freshness"), visitor.ask("metrics/departed_late/estimates.json"),
            visitor.ask("nothing"), dashboard.ask("/"), dashboard.ask("/", host: "x"), visitor.ask(method: "POST"),
            visitor.ask(method: "HEAD"),
        ]
        for answer in try answers.map({ try #require($0) }) {
            let fields = answer.fields
            #expect(fields["cache-control"] == "no-store" && fields["x-content-type-options"] == "nosniff")
            #expect(fields["x-frame-options"] == "DENY" && fields["referrer-policy"] == "no-referrer")
            #expect(fields["cross-origin-resource-policy"] == "same-origin" && fields["server"] == nil)
            #expect(fields["access-control-allow-origin"] == nil)
            let policy = try #require(fields["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'; ") && policy.hasSuffix("; frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe") && !policy.contains("*"))
            #expect(!answer.body.contains(dashboard.token) && !answer.body.contains(visitor.cookie))
        }
        #expect(visitor.ask(method: "HEAD")?.body == "")
        let file = try #require(visitor.ask("metrics/departed_late/estimates.json"))
        #expect(file.fields["content-disposition"] == "attachment; filename=\"departed_late-estimates.json\"")
        let end = try dashboard.stop(SIGTERM)
        #expect(end.status == 0 && !end.complaint.contains(dashboard.token) && !end.complaint.contains(visitor.cookie))
    }

    @Test("Figures of each chart are those of dither estimate and dither compare, byte by byte, hostile names and all")
    func figures() throws {
        let scene = try DashboardScene(
            [
                try booleanMetric(minimumReports: 100), try sketchMetric(rows: 16, width: 64), try meanMetric(),
                try waveMetric(),
            ], project: "<script>alert(2)</script>")
        try scene.report(days: 2)
        try scene.report("word", "\(hostileNames[0]),700\nplain,500", days: 2)
        try scene.report("air_time", "100,700\n300,500", days: 2)
        try scene.report("minutes", "10,400\n50,300", days: 2)
        let dashboard = try RunningDashboard(scene.options)
        let visitor = try dashboard.enter()
        let page = try #require(visitor.ask()?.body)
        let today = Int64(Date().timeIntervalSince1970) / 86_400
        func day(_ index: Int64) -> String {
            Date(timeIntervalSince1970: Double(index) * 86_400).formatted(.iso8601.year().month().day())
        }
        let halves = [
            "--from", day(today), "--to", day(today), "--versus-from", day(today - 1), "--versus-to", day(today - 1),
        ]
        var linked: Set<String> = []
        for (metric, chart, command, more) in [
            ("departed_late", "estimates", "estimate", []), ("departed_late", "days", "estimate", ["--by", "period"]),
            ("departed_late", "changes", "compare", halves), ("word", "estimates", "estimate", []),
            ("word", "days", "estimate", ["--by", "period"]), ("word", "changes", "compare", halves),
            ("air_time", "estimates", "estimate", []), ("air_time", "days", "estimate", ["--by", "period"]),
            ("air_time", "changes", "compare", halves),
            ("minutes", "estimates", "estimate", []), ("minutes", "quantiles", "estimate", ["--show", "quantiles"]),
            ("minutes", "mean", "estimate", ["--show", "mean"]), ("minutes", "days", "estimate", ["--by", "period"]),
        ] {
            for format in ["csv", "json"] {
                let path = "metrics/\(metric)/\(chart).\(format)"
                var arguments = Array(scene.options.prefix(4)) + ["--metric", metric, "--format", format] + more
                if metric == "word" { arguments += ["--candidates", scene.workspace.file("words.csv") + ":word"] }
                let told = try run("dither", [command] + arguments)
                #expect(told.status == 0 && !told.output.isEmpty, "\(path): \(told.complaint)")
                #expect(visitor.ask(path)?.body == told.output, "\(path)")
                #expect(page.contains("href=\"\(path)\""), "\(path)")
                linked.insert(path)
            }
        }
        let links = page.components(separatedBy: "href=\"metrics/").dropFirst()
            .map { "metrics/" + ($0.components(separatedBy: "\"").first ?? "") }
        #expect(Set(links) == linked, "no link leads nowhere")
        #expect(!page.contains("<script>alert") && !page.contains("<img"))
        #expect(visitor.ask("metrics/word/estimates.csv")?.body.contains("'=HYPERLINK") == true)
    }

    @Test("What is below the gate has its reason on the page, and no file that would tell more")
    func gate() throws {
        let scene = try DashboardScene([try booleanMetric(minimumReports: 1000)])
        try scene.report("departed_late", "true,120\nfalse,197", days: 1)
        let visitor = try RunningDashboard(scene.options).enter()
        let page = try #require(visitor.ask()?.body)
        #expect(page.contains("fewer than 1000 reports") && !page.contains("317") && !page.contains("href=\"metrics/"))
        #expect(visitor.ask("metrics/departed_late/estimates.json")?.status == 404)
    }

    @Test("A store that gains a day while its collector runs has another page, and the same one otherwise")
    func refreshed() throws {
        let scene = try DashboardScene()
        try scene.report(days: 1)
        let dashboard = try RunningDashboard(scene.options + ["--refresh", "1"])
        let visitor = try dashboard.enter()
        let first = try visitor.freshness()
        #expect(
            first.edition == "1" && first.state == "current"
                && first.age.hasPrefix("Estimated on \(first.estimatedAt.prefix(10)) at "))
        #expect((0..<600).contains(first.ageSeconds) && first.estimatedAt.hasSuffix("Z"))
        #expect(visitor.ask()?.body.contains("300 reports") == true)
        #expect(visitor.ask()?.body.contains("data-edition=\"1\"") == true)
        try scene.report(days: 3)
        let all = try visitor.freshness { _ in visitor.ask()?.body.contains("1,200 reports") == true }
        #expect(all.edition != "1" && all.state == "current" && all.news.isEmpty)
        let page = try #require(visitor.ask()?.body)
        #expect(page.contains("1,200 reports") && page.contains("metrics/departed_late/days.csv"))
        #expect(page.contains("data-edition=\"\(all.edition)\""))
    }

    @Test("A store that is locked, or gone, leaves the last page, which says so, until it is back")
    func lost() throws {
        let scene = try DashboardScene()
        try scene.report(days: 2)
        #expect(scene.collector.stop() == 0)
        let store = scene.collector.store
        let dashboard = try RunningDashboard(scene.options + ["--refresh", "1"])
        let visitor = try dashboard.enter()

        let holder = try DatabaseQueue(path: store)
        try holder.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        }
        let locked = try visitor.freshness { $0.state == "failing" }
        #expect(locked.news.contains("locked by another process") && locked.edition == "1")
        var page = try #require(visitor.ask()?.body)
        #expect(
            page.contains("class=\"news alarm\"") && page.contains("600 reports") && page.contains("No newer figures"))
        try holder.close()
        #expect(try visitor.freshness { $0.state == "current" }.edition == "1", "nothing is estimated twice")

        try FileManager.default.moveItem(atPath: store, toPath: store + ".away")
        let gone = try visitor.freshness { $0.state == "failing" }
        #expect(gone.news.contains("there is no such store") && gone.edition == "1")
        page = try #require(visitor.ask()?.body)
        #expect(page.contains("600 reports") && page.contains("Estimated on "))
        #expect(visitor.ask("metrics/departed_late/estimates.csv")?.status == 200)
        try FileManager.default.moveItem(atPath: store + ".away", toPath: store)
        #expect(try visitor.freshness { $0.state == "current" }.news.isEmpty)

        // Cut to nothing, it is no store any more; the process goes on.
        try Data(repeating: 0, count: 100).write(to: URL(filePath: store))
        #expect(try visitor.freshness { $0.state == "failing" }.news.contains("no store"))
        #expect(visitor.ask()?.status == 200)
    }

    @Test("Two thousand requests leave the process as large as two hundred")
    func memory() throws {
        let scene = try DashboardScene()
        try scene.report(days: 2)
        let dashboard = try RunningDashboard(scene.options)
        let visitor = try dashboard.enter()
        func kilobytes() throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(dashboard.identifier)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        }
        func round(_ count: Int) {
            for place in 0..<count {
                let path = ["", "freshness", "metrics/departed_late/days.json", "nothing"][place % 4]
                #expect(visitor.ask(path)?.status == (path == "nothing" ? 404 : 200))
            }
        }
        round(400)
        let before = try kilobytes()
        round(2000)
        let grown = try kilobytes() - before
        #expect(grown < 8192, "\(grown) KiB")
    }

    @Test("What is too long, unfinished or has content is cut off")
    func limits() throws {
        let scene = try DashboardScene()
        try scene.report(days: 1)
        let dashboard = try RunningDashboard(scene.options)
        let visitor = try dashboard.enter(), host = "Host: 127.0.0.1:\(dashboard.port)\r\n"
        let long = "GET / HTTP/1.1\r\n\(host)X: \(String(repeating: "x", count: 10_000))\r\n\r\n"
        #expect([400, 431].contains(Answer(dashboard.exchange(long))?.status))
        let many = "GET / HTTP/1.1\r\n\(host)\(String(repeating: "X: y\r\n", count: 200))\r\n"
        #expect([400, 431].contains(Answer(dashboard.exchange(many))?.status))
        let content =
            "GET \(visitor.folder) HTTP/1.1\r\n\(host)Cookie: \(visitor.cookie)\r\nContent-Length: 9999\r\n\r\nx"
        #expect(Answer(dashboard.exchange(content))?.status == 400)
        let chunks = "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
        #expect(Answer(dashboard.exchange(chunks))?.status == 405)
        // Refused, nobody gets a second turn on the connection; the other side ends it.
        let twice = dashboard.exchange(String(repeating: "GET / HTTP/1.1\r\n\(host)\r\n", count: 50))
        #expect(twice.components(separatedBy: "HTTP/1.1 403").count == 2)
        #expect(dashboard.exchange("GET / HT").isEmpty, "who does not end a request is not waited for")
        #expect(visitor.ask()?.status == 200)
    }

    @Test("SIGTERM is 0 and SIGINT 130, also while the store is waited for; what cannot be served says why")
    func ends() throws {
        let scene = try DashboardScene()
        try scene.report(days: 1)
        for (signal, status) in [(SIGTERM, 0), (SIGINT, 130)] as [(Int32, Int32)] {
            let dashboard = try RunningDashboard(scene.options + ["--listen", "[::1]:0", "--refresh", "1"])
            #expect(try dashboard.host.contains("::1") && dashboard.enter().ask()?.status == 200)
            let end = try dashboard.stop(signal)
            #expect(end.status == status, "\(end.complaint)")
        }
        let first = try RunningDashboard(scene.options)
        let second = try run("dither", ["dashboard"] + scene.options + ["--port", String(first.port)])
        #expect(second.status == 6 && second.complaint.contains("127.0.0.1:\(first.port): cannot be listened on"))
        let none = try run(
            "dither", ["dashboard", "--registry", scene.registry, "--store", scene.workspace.file("none")])
        #expect(none.status == 1 && none.output.isEmpty && none.complaint.contains("there is no such store"))
        #expect(scene.collector.stop() == 0)
        let holder = try DatabaseQueue(path: scene.collector.store)
        let dashboard = try RunningDashboard(scene.options + ["--refresh", "1"])
        let visitor = try dashboard.enter()
        try holder.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        }
        _ = try visitor.freshness { $0.state == "failing" }
        let clock = ContinuousClock(), start = clock.now
        #expect(try dashboard.stop(SIGINT).status == 130)
        #expect(clock.now - start < .seconds(5), "a look at the store is not waited for")
        try holder.close()
    }
}
