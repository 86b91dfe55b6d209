#include "options.h"

#include <dither.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "machine-report: reports a machine's kernel, distribution, language, memory and uptime with local differential privacy\n"
    "\n"
    "USAGE\n"
    "  machine-report --endpoint URL [FLAGS] [COMMAND]\n"
    "\n"
    "COMMANDS\n"
    "  run       record once a day and send what is due, until SIGTERM or SIGINT (the default)\n"
    "  on        consent: before, nothing is recorded and nothing is sent\n"
    "  off       withdraw: erase the secret and what waits\n"
    "  status    who decided what, and what waits\n"
    "  print     what would be recorded, before any noise; needs no flag and records nothing\n"
    "\n"
    "FLAGS\n"
    "  --endpoint URL    the collector; plain http only on this machine\n"
    "  --state DIR       the state folder (default: /var/lib/machine-report)\n"
    "  --metrics SET     the compiled metric set (default: /usr/local/share/machine-report/metrics.set)\n"
    "  --ca-file PEM     the authorities to trust instead of the system's\n"
    "  --once            record and send what is due once, and end\n"
    "  --root DIR        read DIR/etc and DIR/proc instead of this machine's\n"
    "  --help, --version\n"
    "\n"
    "EXIT CODES\n"
    "  0  done, or telemetry is off\n"
    "  1  an error, which stderr names\n"
    "  2  a wrong flag or command\n";

static void refuse(const char *what, const char *word)
{
    fprintf(stderr, "machine-report: %s %s\nSee machine-report --help.\n", what, word);
    exit(2);
}

static enum command command_named(const char *name)
{
    static const char *const names[] = {"run", "on", "off", "status", "print"};
    for (int index = 0; index < 5; index++)
        if (strcmp(name, names[index]) == 0)
            return (enum command)index;
    refuse("there is no command", name);
    return RUN;
}

struct options read_options(int count, char **words)
{
    enum { METRICS = 1, ENDPOINT, STATE, CA_FILE, ROOT, ONCE, HELP, VERSION };
    static const struct option flags[] = {
        {"metrics", required_argument, NULL, METRICS},
        {"endpoint", required_argument, NULL, ENDPOINT},
        {"state", required_argument, NULL, STATE},
        {"ca-file", required_argument, NULL, CA_FILE},
        {"root", required_argument, NULL, ROOT},
        {"once", no_argument, NULL, ONCE},
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.command = RUN,
                              .metrics = "/usr/local/share/machine-report/metrics.set",
                              .state = "/var/lib/machine-report",
                              .root = ""};
    int flag;
    while ((flag = getopt_long(count, words, "", flags, NULL)) != -1) {
        switch (flag) {
        case METRICS: options.metrics = optarg; break;
        case ENDPOINT: options.endpoint = optarg; break;
        case STATE: options.state = optarg; break;
        case CA_FILE: options.ca_file = optarg; break;
        case ROOT: options.root = optarg; break;
        case ONCE: options.once = true; break;
        case HELP: fputs(help, stdout); exit(0);
        case VERSION: printf("machine-report with dither %s\n", dither_version()); exit(0);
        default: exit(2); /* getopt_long has said why */
        }
    }
    if (optind < count)
        options.command = command_named(words[optind++]);
    if (optind < count)
        refuse("does not understand", words[optind]);
    if (options.endpoint == NULL && options.command != PRINT)
        refuse("needs", "--endpoint URL");
    return options;
}
