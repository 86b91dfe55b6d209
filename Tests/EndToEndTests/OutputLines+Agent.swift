extension OutputLine {
    static let agent = [
        agent("explain", "explain"), agent("explain-metric", "explain departed_late"),
        agent("status", "status"), agent("show", "show"), agent("budget", "budget"),
        agent(
            "dry-run", "dry-run",
            after: "dither-agent --endpoint http://127.0.0.1:9 flush --close-period > flushed.txt 2>&1 || true"),
        agent("flush", "flush --close-period --now"),
        agent("log", "log", after: "dither-agent flush --close-period --now > flushed.txt"),
    ]

    /// A line about a new device of one metric, which has one report of the open day. What differs from day to day, from
    /// batch to batch and with the noise is written as one of the values that it can have.
    private static func agent(_ name: String, _ command: String, after preparation: String = "true") -> OutputLine {
        let kind = command.split(separator: " ")[0]
        return OutputLine(
            "agent-\(name)", "dither-agent.\(kind)/1",
            """
            rm -rf state; sed '/^  destination:/,$d' metrics.yaml > one.yaml
            dither registry compile one.yaml -o one.set 2> one.txt
            export DITHER_METRICS=one.set DITHER_STATE_DIR=state DITHER_ENDPOINT=URL
            dither-agent on; dither-agent record departed_late true; \(preparation)
            dither-agent \(command) --format FORMAT | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}/2026-06-01/g
                s/T[0-9:]{8}Z/T12:00:00Z/g; s/[0-9a-f]{32}/00000000000000000000000000000000/g
                s/true ( +)/false\\1/; s/,true,/,false,/; s/"true"/"false"/; s/(["," ])01(["," ]|$)/\\100\\2/'
            """)
    }
}
