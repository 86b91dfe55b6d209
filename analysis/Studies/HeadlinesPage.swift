/// The table of headlines as a page in Markdown.
public enum HeadlinesPage {
    /// The page. Equal rows give equal pages but for the minutes.
    ///
    /// - Parameter processorMinutes: the processor time of all cores together, rounded up.
    public static func markdown(of rows: [StudyRow], processorMinutes: Int) -> String {
        let minutes = processorMinutes
        let reproduced = rows.count { $0.isReproduced }
        var page = """
            # Headlines, run again

            What the systems that this project answers to have published, or what their method must give, simulated with
            this project's own mechanisms and estimators. Written by `make headlines`; do not edit.

            \(reproduced) of \(rows.count) rows are reproduced. They took less than \(minutes) \
            \(minutes == 1 ? "minute" : "minutes") of processor time, of all cores together, in a release build.

            - **Noise** is xoshiro256\\*\\*, seeded for run r (from 0) of an experiment with the FNV-1a hash of its name, xor r: \
            equal builds give equal numbers. Counts are drawn exactly from their distributions (binomial and multinomial) \
            where no single report is looked at; sketches are made of every single report.
            - **Sizes** and the number of runs are in each row. Numbers are mean ± standard deviation of a run \
            (least–greatest), unless a row says otherwise.
            - **Reproduced** means that every condition of the row's rule holds.
            - **Real data** are the 336,776 flights of `clients/examples/flights`. Emoji frequencies and heart rates of the \
            published studies are not public: a Zipf list of 830 words and a synthetic day stand in for them, so those rows \
            compare with the formula for these data.
            - **RAPPOR** rows judge detections by Bonferroni at 5 %. The reference rule is google/rappor's: five \
            non-negative fits, four with noise added, and a mean above twice their deviation.

            | | What | Published, or formula | Ours | Rule | Verdict |
            | --- | --- | --- | --- | --- | --- |

            """
        for row in rows {
            let cells = [row.id, row.what, row.published, row.ours, row.rule, row.verdictText].map(escaped)
            page += "| " + cells.joined(separator: " | ") + " |\n"
        }
        return page
    }

    /// Free of what Markdown would take for a column or for emphasis.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += $1 == "|" || $1 == "*" ? "\\\($1)" : String($1) }
    }
}
