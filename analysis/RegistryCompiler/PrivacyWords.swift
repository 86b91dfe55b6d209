/// The parts of a privacy page that are the same for every registry: they are properties of the agent.
enum PrivacyWords {
    static let uncovered = """
        ## What no noise covers

        - **The connection.** Whoever receives the reports, and the network on the way, sees the device's IP address, the \
        times and sizes of transfers and what TLS shows of itself, such as the collector's name.
        - **That the program is here.** Reports show that the program is installed and that telemetry is on.
        - **Truths about many.** What is true of a whole group can be learnt, and can harm its members, also those who sent \
        nothing.
        - **The host program.** What else the program does, writes or sends is not telemetry's to hide. Nothing checks that \
        it records what the questions say: a metric called harmless can be fed with something else.
        - **The device.** Whoever controls the device, or reads the program's memory, sees the true values. Whoever has the \
        device's secret can undo the kept part of the noise.
        - **Time.** ε adds up from report to report. The limits above bound the sum; a large sum is a weak promise.
        - **Other records.** Logs beside the collector that hold no noise, such as the access log of a web server, can tell \
        what the reports do not.
        - **Errors.** Estimates are about those who take part and are honest. A device that lies can move a result; noise does \
        not prevent that.
        """

    static let turningOff = """
        ## How to turn it off

        - In the program, where it asks for consent; or `dither-agent off` for its state folder.
        - For everything that you run: set the environment variable `DO_NOT_TRACK=1` or `DITHER_DISABLED=1`. Any value but \
        empty and `0` counts. A program reads them when it starts.
        - For the whole machine: create the file `/etc/dither/opt-out`.

        Off takes effect at once, and nobody is told. An upgrade of the program never turns it on.

        Only the first way erases: the device's secret, all reports that wait, and the journal of what was sent. What was \
        spent of ε stays noted, so that turning it on again does not start anew. The variables and the file win over \
        whatever was consented, and stop recording and sending while they are there. They erase nothing: the secret and the \
        reports that wait stay on the device, and go on when variable and file are gone. `dither-agent off` erases them, \
        also meanwhile.
        """

    static let erasure = """
        ## What was sent cannot be taken back

        A report carries no name, number or key of its sender, and the collector stores nothing about the connection that it \
        came on. So nobody can find your reports again among the others, also not to erase them at your request. This is what \
        protects you, and you should know it before you consent.
        """

    static let looking = """
        ## How to look for yourself

        - `dither-agent show` lists the noisy reports that wait, `dither-agent log` what was sent, and `dither-agent budget` \
        the ε that is spent.
        - `dither-agent status` says whether telemetry is on, and who decides that.
        """
}
