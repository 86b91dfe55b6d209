/* The daemon: once a day it records what the machine is, and it sends what is due. */
#include "machine.h"
#include "options.h"

#include <dither.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TEXT_SIZE = 255, SECONDS_BETWEEN_LOOKS = 3600, SECONDS_A_DAY = 86400 };

/* While it waits for signals in any case, a flush must not hold one up for long; with --once there is time. */
enum { SHORT_FLUSH_MILLISECONDS = 2000, LONG_FLUSH_MILLISECONDS = 30000 };

static const struct {
    const char *metric;
    const char *(*answer)(const char *root);
} categories[] = {
    {"distribution", machine_distribution},
    {"locale", machine_locale},
    {"memory", machine_memory},
    {"uptime", machine_uptime},
};
static const size_t category_count = sizeof categories / sizeof categories[0];

/* Says what went wrong, never what was recorded. */
static int complain(const char *what, int result)
{
    fprintf(stderr, "machine-report: %s: %s\n", what, dither_last_error());
    return result;
}

/* Records one event per metric. DITHER_OFF if telemetry is off, else DITHER_OK or the last error. */
static int record(dither_agent agent, const char *root)
{
    char text[TEXT_SIZE];
    int worst = DITHER_OK;
    const char *kernel = machine_kernel_release(root, text, sizeof text);
    if (kernel != NULL) {
        int result = dither_record_string(agent, "kernel_release", kernel, strlen(kernel));
        worst = result < 0 ? complain("kernel_release", result) : result;
    }
    for (size_t index = 0; index < category_count; index++) {
        const char *answer = categories[index].answer(root);
        if (answer == NULL)
            continue;
        int result = dither_record_category(agent, categories[index].metric, answer);
        if (result < 0)
            worst = complain(categories[index].metric, result);
        else if (worst >= 0 && result != DITHER_OK)
            worst = result;
    }
    return worst;
}

static int print(const char *root)
{
    char text[TEXT_SIZE];
    const char *kernel = machine_kernel_release(root, text, sizeof text);
    printf("kernel_release  %s\n", kernel == NULL ? "(unknown)" : kernel);
    for (size_t index = 0; index < category_count; index++) {
        const char *answer = categories[index].answer(root);
        printf("%-14s  %s\n", categories[index].metric, answer == NULL ? "(unknown)" : answer);
    }
    return 0;
}

/* Looks once an hour: whether a day has begun, and whether something is due. Until a signal, or one time. */
static int run(dither_agent agent, const struct options *options, const sigset_t *signals)
{
    const struct timespec pause = {.tv_sec = SECONDS_BETWEEN_LOOKS};
    int64_t recorded_day = -1;
    for (;;) {
        int64_t day = (int64_t)time(NULL) / SECONDS_A_DAY;
        int result = DITHER_OK;
        /* Telemetry may be turned on later in the day; an error is tried again, too. */
        if (day != recorded_day && (result = record(agent, options->root)) == DITHER_OK)
            recorded_day = day;
        if (result < 0 && options->once)
            return 1;
        result = dither_flush(agent, options->once ? LONG_FLUSH_MILLISECONDS : SHORT_FLUSH_MILLISECONDS);
        /* That it takes longer is no failure: the agent's own thread goes on with it. */
        if (result < 0 && result != DITHER_E_TIMEOUT)
            complain("flush", result);
        if (options->once)
            return result < 0 && result != DITHER_E_TIMEOUT;
        if (sigtimedwait(signals, NULL, &pause) > 0)
            return 0;
    }
}

static int decide(dither_agent agent, int granted)
{
    int result = dither_set_consent(agent, granted);
    if (result == DITHER_OFF && granted)
        fputs("machine-report: stored, but the environment or /etc/dither/opt-out says no\n", stderr);
    return result < 0 ? complain(granted ? "on" : "off", 1) : 0;
}

static int show_status(dither_agent agent)
{
    static const char *const deciders[] = {"off: nobody was asked", "on", "off: declined", "off: the decision cannot be read",
                                           "off by the environment", "off for this machine"};
    dither_status_info status = DITHER_STATUS_INIT;
    if (dither_status(agent, &status) < 0)
        return complain("status", 1);
    size_t known = sizeof deciders / sizeof deciders[0];
    size_t decider = (size_t)status.consent;
    printf("telemetry             %s\n", decider < known ? deciders[decider] : "off");
    printf("reports waiting       %" PRIu64 "\nreports acknowledged  %" PRIu64 "\n", status.waiting, status.acknowledged);
    return 0;
}

int main(int count, char **words)
{
    struct options options = read_options(count, words);
    if (options.command == PRINT)
        return print(options.root);

    /* Blocked before the agent's thread starts, so that they wait for sigtimedwait whichever thread they come to. */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (options.command == RUN && !options.once)
        sigprocmask(SIG_BLOCK, &signals, NULL);

    dither_options agent_options = DITHER_OPTIONS_INIT;
    agent_options.metrics_path = options.metrics;
    agent_options.endpoint = options.endpoint;
    agent_options.state_folder = options.state;
    agent_options.ca_file = options.ca_file;
    dither_agent agent;
    if (dither_open(&agent_options, &agent) < 0)
        return complain("cannot start", 1);
    int status = 0;
    switch (options.command) {
    case RUN: status = run(agent, &options, &signals); break;
    case TURN_ON: status = decide(agent, 1); break;
    case TURN_OFF: status = decide(agent, 0); break;
    case STATUS: status = show_status(agent); break;
    case PRINT: break; /* done before */
    }
    if (dither_close(agent) < 0)
        return complain("close", 1);
    return status;
}
