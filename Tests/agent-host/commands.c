#include "commands.h"

#include "processes.h"
#include "value.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void say(const struct host *host, const char *what, int result) {
    char line[700], child[16] = "";
    if (host->child >= 0) snprintf(child, sizeof child, "%d ", host->child);
    int length = snprintf(line, sizeof line, "%s%s %d%s%s\n", child, what, result, result < 0 ? " " : "",
        result < 0 ? dither_last_error() : "");
    if (write(STDOUT_FILENO, line, (size_t)length) != length) _exit(1);
}

static int do_open(struct host *host, char **words) {
    (void)words;
    dither_options options = DITHER_OPTIONS_INIT;
    options.metrics_path = host->metrics;
    options.endpoint = host->endpoint;
    options.state_folder = host->state;
    return dither_open(&options, &host->agent);
}

static int do_close(struct host *host, char **words) { (void)words; return dither_close(host->agent); }
static int do_on(struct host *host, char **words) { (void)words; return dither_set_consent(host->agent, 1); }
static int do_off(struct host *host, char **words) { (void)words; return dither_set_consent(host->agent, 0); }

static int do_boolean(struct host *host, char **words) {
    return dither_record_boolean(host->agent, words[0], atoi(words[1]));
}

static int do_string(struct host *host, char **words) {
    return dither_record_string(host->agent, words[0], words[1], strlen(words[1]));
}

static int do_flush(struct host *host, char **words) {
    return dither_flush(host->agent, (uint32_t)strtoul(words[0], NULL, 10));
}

static int do_status(struct host *host, char **words) {
    (void)words;
    dither_status_info status = DITHER_STATUS_INIT;
    int result = dither_status(host->agent, &status);
    return result < 0 ? result : (int)status.consent;
}

/* Ends the process as a crash does. */
static int do_die(struct host *host, char **words) {
    (void)host, (void)words;
    return raise(SIGKILL);
}

/* Waits until the other side of standard input writes a byte or closes it. */
static int do_pause(struct host *host, char **words) {
    char byte;
    (void)words;
    say(host, "paused", 0);
    return read(STDIN_FILENO, &byte, 1) < 0 ? -1 : 0;
}

static const struct {
    const char *name;
    int operands;
    int (*run)(struct host *, char **);
} commands[] = {
    { "open", 0, do_open },       { "close", 0, do_close },   { "on", 0, do_on },
    { "off", 0, do_off },         { "boolean", 2, do_boolean }, { "string", 2, do_string },
    { "flush", 1, do_flush },     { "status", 0, do_status }, { "pause", 0, do_pause },
    { "die", 0, do_die },         { "value", 2, record_value },
};

int run_commands(struct host *host, int count, char **words) {
    for (int at = 0; at < count;) {
        if (!strcmp(words[at], "fork") && at + 1 < count)
            return run_in_children(host, atoi(words[at + 1]), count - at - 2, words + at + 2);
        if (!strcmp(words[at], "borrow") && at + 1 < count) {
            at += 2 + run_in_borrower(host, atoi(words[at + 1]), count - at - 2, words + at + 2);
            continue;
        }
        size_t command = 0, known = sizeof commands / sizeof *commands;
        while (command < known && strcmp(words[at], commands[command].name)) ++command;
        if (command == known || at + commands[command].operands >= count) {
            fprintf(stderr, "agent-host: there is no %s of that many words\n", words[at]);
            return 2;
        }
        say(host, commands[command].name, commands[command].run(host, words + at + 1));
        at += 1 + commands[command].operands;
    }
    return 0;
}
