/// The parts of a page for users that are the same for every registry: they are properties of agent and collector.
enum PrivacyWords {
    static func opening(questionCount: Int) -> [PrivacyText] {
        let questions = questionCount == 1 ? "one question" : "\(questionCount) questions"
        return [
            """
            With your consent this program answers \(questions) about itself and its use, once a day each. Before an answer \
            is stored or sent, your device adds random noise to it: nobody can be sure of the answer behind any single report, and \
            only over many devices do the answers become visible. How far a report can move somebody's guess is stated for each question. The \
            true values leave the program's memory in no other way. Reports carry no name or number of you or of the device.
            """,
            "Telemetry is off until somebody turns it on. Until then there is no secret, no report and no connection.",
        ]
    }

    static let sections = [sight, uncovered, turningOff, erasure, looking]

    static let noise = PrivacyPage.Section(
        "How noise protects an answer",
        [
            .paragraph(
                """
                An answer that may be a lie proves little. Think of a device that is asked a question of yes or no, tells the \
                truth three times in four, and else lies. A single yes may then be a lie, and nobody but the device knows. Over \
                thousands of devices the lies can be reckoned out, since it is known how often devices lie on average.
                """),
            .paragraph(
                """
                This page says of each question how far a report can move a guess. 50 % → at most 75 % means: somebody who \
                thinks one answer as likely as another, and then sees the report, may think the first one 75 % likely at most, \
                whatever else they know. ε (epsilon) is the same as a number that adds up from report \
                to report: 0 tells nothing, ε 1 is 50 % → 73.2 %, ε 2 is 88.1 %, ε 5 is 99.4 %.
                """),
        ])

    private static let sight = PrivacyPage.Section(
        "Who sees what",
        [
            .table(
                headings: ["Who", "Sees", "Does not see"],
                rows: [
                    ["The program, and whoever controls the device", "the true answers", "–"],
                    [
                        "Other users of the device",
                        "that the program runs, and what its command line says while it does",
                        "the folder with reports and secret, which is closed to them",
                    ],
                    [
                        "The network", "the device's IP address, when it sends, to whom, and about how much",
                        "the reports: they go by TLS",
                    ],
                    [
                        "Whoever runs the collector",
                        "all that, and each report as it comes in: question, day and noisy answer, and which come together",
                        "the true answers",
                    ],
                    [
                        "Whoever has the collector's store", "noisy answers by question and day",
                        "who sent them, and, but for the newest and for those of many senders, which came together",
                    ],
                    [
                        "Who reads estimates",
                        "how often each answer is given, over many devices, give or take the noise",
                        "groups with fewer reports than the question's minimum",
                    ],
                ]),
            .paragraph(
                "How long reports are kept is for the collector's operator to say; they are as noisy then as they are today."
            ),
        ])

    private static let uncovered = PrivacyPage.Section(
        "What no noise covers",
        [
            .list([
                (
                    "The connection.",
                    """
                    Whoever receives the reports, and the network on the way, sees the device's IP address, the times and sizes \
                    of transfers and what TLS shows of itself, such as the collector's name.
                    """
                ),
                (
                    "That the program is here.",
                    "Reports show that the program is installed and that telemetry is on."
                ),
                (
                    "Truths about many.",
                    "What is true of a whole group can be learnt, and can harm its members, also those who sent nothing."
                ),
                (
                    "The host program.",
                    """
                    What else the program does, writes or sends is not telemetry's to hide. Nothing checks that it records what \
                    the questions say: a metric called harmless can be fed with something else.
                    """
                ),
                (
                    "The device.",
                    """
                    Whoever controls the device, or reads the program's memory, sees the true values. Whoever has the device's \
                    secret can undo the kept part of the noise.
                    """
                ),
                (
                    "Time.",
                    """
                    ε adds up from report to report. The limits above bound the sum; a large sum is a weak promise.
                    """
                ),
                (
                    "Other records.",
                    """
                    Logs beside the collector that hold no noise, such as the access log of a web server, can tell what the \
                    reports do not.
                    """
                ),
                (
                    "Errors.",
                    """
                    Estimates are about those who take part and are honest. A device that lies can move a result; noise does not \
                    prevent that.
                    """
                ),
            ])
        ])

    private static let turningOff = PrivacyPage.Section(
        "How to turn it off",
        [
            .list([
                (
                    nil,
                    "In the program, where it asks for consent; or \(code: "dither-agent off") for its state folder."
                ),
                (
                    nil,
                    """
                    For everything that you run: set the environment variable \(code: "DO_NOT_TRACK=1") or \
                    \(code: "DITHER_DISABLED=1"). Any value but empty and \(code: "0") counts. A program reads them when it starts.
                    """
                ),
                (nil, "For the whole machine: create the file \(code: "/etc/dither/opt-out")."),
            ]),
            .paragraph("Off takes effect at once, and nobody is told. An upgrade of the program never turns it on."),
            .paragraph(
                """
                Only the first way erases: the device's secret, all reports that wait, and the journal of what was sent. What was \
                spent of ε stays noted, so that turning it on again does not start anew. The variables and the file win over \
                whatever was consented, and stop recording and sending while they are there. They erase nothing: the secret and \
                the reports that wait stay on the device, and go on when variable and file are gone. \(code: "dither-agent off") \
                erases them, also meanwhile.
                """),
        ])

    private static let erasure = PrivacyPage.Section(
        "What was sent cannot be taken back",
        [
            .paragraph(
                """
                A report carries no name, number or key of its sender, and the collector stores nothing about the connection that \
                it came on. So the store does not say which reports are yours, and they cannot be found to erase them at your \
                request. This is what protects you, and you should know it before you consent.
                """)
        ])

    private static let looking = PrivacyPage.Section(
        "How to look for yourself",
        [
            .list([
                (
                    nil,
                    """
                    \(code: "dither-agent show") lists the noisy reports that wait, \(code: "dither-agent log") what was sent, \
                    and \(code: "dither-agent budget") the ε that is spent.
                    """
                ),
                (
                    nil,
                    """
                    \(code: "dither-agent dry-run") prints the next bundle as it would be sent, and sends nothing.
                    """
                ),
                (
                    nil,
                    """
                    \(code: "dither-agent explain") says of each question what its reports can tell, from the questions that \
                    this device has: they should be those of this page.
                    """
                ),
                (
                    nil,
                    "\(code: "dither-agent status") says whether telemetry is on, and who decides that."
                ),
            ])
        ])
}
