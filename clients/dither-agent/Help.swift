/// The texts of `--help` and `--version`.
enum Help {
    static let version = "dither-agent 0.1.0\n"

    static let text = """
        dither-agent: records events with noise added on this device, and sends the noisy reports

        USAGE
          dither-agent --metrics SET --endpoint URL --state DIR on | record | flush
          dither-agent --metrics SET --state DIR status | show | dry-run | log | budget
          dither-agent --metrics SET explain [METRIC]
          dither-agent --state DIR off | seal-image

        COMMANDS
          on                       consent: make this device's secret and ledger; nothing is sent before
          off                      withdraw: erase secret, queue and slots; what was spent stays spent
          status                   who decided what, what waits, when the next upload is due
          record METRIC VALUE      randomize one event now; the true value is not kept
          record METRIC A B        the same for both values of a pair
          record METRIC -- TEXT    the same for a text that begins with -
          record METRIC --stdin    the same for one value a line, of a pair two with a tab between
          flush                    close the periods (UTC days) that are over and send what waits
          flush --due              the same, but one bundle a day and at its own random moment: for timers
          flush --close-period     close today too, to see a first report; today takes no further event
          flush --now              do not wait for the agent's own backoff
          show                     the noisy reports that wait: of the open day, queued, unacknowledged
          dry-run                  the next bundle as it would be sent; sends nothing and changes nothing
          log                      the journal: every report that was sent, and what came of it
          log --verify             whether the journal is as it was written, byte for byte
          budget                   the epsilon spent per metric
          explain [METRIC]         what a metric asks, and what its reports can tell about one device
          seal-image               empty the state folder before a disk image is made, so that copies enrol on their own
          completions SHELL        a completion script for bash, zsh or fish

        FLAGS
          --metrics SET     the compiled metric set (dither registry compile)   [DITHER_METRICS]
          --endpoint URL    the collector; plain http only on this machine      [DITHER_ENDPOINT]
          --state DIR       the folder for secret, ledger and queue             [DITHER_STATE_DIR]
          --format FORMAT   table, csv or json, for all that print results (default: table)
          --help, --version

        ENVIRONMENT
          DITHER_CA_FILE                   a PEM file of the authorities to trust instead of the system's
          DITHER_KEY_PIN                   the keys that the collector may have: sha256//BASE64, several with ;
          DITHER_REGISTRY_KEYS             keys that may sign a metric set, 64 hexadecimal digits each: it is fetched from
                                           the collector once a day and only reduces what is reported
          DITHER_TOKEN_FILE                a file with the token of the whole fleet, for a collector that demands one
          HTTPS_PROXY, NO_PROXY            a proxy for https, and the hosts that are reached without
          DO_NOT_TRACK, DITHER_DISABLED    any value but empty and 0 turns telemetry off
          /etc/dither/opt-out              this file's existence turns it off for the whole machine

        EXAMPLES
          dither-agent --metrics set --endpoint https://telemetry.example --state ~/.local/state/app on
          dither-agent --metrics set --endpoint https://telemetry.example --state ~/.local/state/app \\
              record departed_late true
          */10 * * * * dither-agent --metrics set --endpoint https://telemetry.example --state DIR flush --due
          dither-agent --metrics set explain departed_late
          dither-agent --metrics set --state ~/.local/state/app log --format json
          source <(dither-agent completions bash)

        EXIT CODES
          0  done; also when telemetry is off and nothing was recorded
          1  the system refused something: a file, randomness
          2  a wrong flag, command or value
          4  the metric set is missing, damaged or in conflict with the ledger
          5  the ledger allows no event: lifetime, period closed, not enrolled yet
          6  the collector cannot be reached or an upload has to wait (reports are kept), or another process
             holds the state folder (an event was not recorded)
          8  the state folder is damaged, unsafe or incomplete, or the journal is not as it was written

        """
}
