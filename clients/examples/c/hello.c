/*
 * One event of each type, from C. Takes the places from the variables that dither-agent knows as well:
 *
 *     cc hello.c $(pkg-config --cflags --libs dither) -o hello
 *     export DITHER_METRICS=metrics.set DITHER_ENDPOINT=https://telemetry.example DITHER_STATE_DIR=~/.local/state/hello
 *     dither-agent on         # once, after asking
 *     ./hello
 */
#include <dither.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Telemetry is never a reason to fail: say what went wrong, and go on. */
static void check(const char *what, int result)
{
    if (result < 0)
        fprintf(stderr, "hello: %s: %s\n", what, dither_last_error());
    else if (result == DITHER_OFF)
        fprintf(stderr, "hello: %s: telemetry is off\n", what);
}

int main(void)
{
    dither_options options = DITHER_OPTIONS_INIT;
    options.metrics_path = getenv("DITHER_METRICS");
    options.endpoint = getenv("DITHER_ENDPOINT");
    options.state_folder = getenv("DITHER_STATE_DIR");

    dither_agent agent;
    if (dither_open(&options, &agent) < 0) {
        fprintf(stderr, "hello: %s\n", dither_last_error());
        return 1;
    }

    /* These take a microsecond each and wait for nothing. */
    const char *greeting = "Good morning";
    check("colour", dither_record_category(agent, "colour", "green"));
    check("greeting", dither_record_string(agent, "greeting", greeting, strlen(greeting)));
    check("seconds", dither_record_number(agent, "seconds", 1.5));
    check("finished", dither_record_boolean(agent, "finished", 1));

    /* Before a program ends it closes its agent: that makes durable what was recorded. */
    int result = dither_close(agent);
    check("close", result);
    return result < 0;
}
