#ifndef DITHER_ABI_SCENARIOS_H
#define DITHER_ABI_SCENARIOS_H

#include <dither.h>
#include <stdio.h>
#include <stdlib.h>

/* Under ThreadSanitizer the child of a fork may start no thread: the sanitizer does not support it, and has Swift's
   runtime take locks that only the thread that made them can give back. So a child opens nothing there. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CHILD_OPENS_NOTHING 1
#endif
#endif

/* What every scenario is given: a metric set with the metrics of the tests, and a folder of its own. */
typedef struct {
    const char *metrics;
    const char *folder;
    long count;
} scenario_input;

/* Ends the program with the line of the first check that does not hold. */
#define CHECK(condition)                                                                                       \
    do {                                                                                                       \
        if (!(condition)) {                                                                                    \
            fprintf(stderr, "%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition, dither_last_error()); \
            _Exit(1);                                                                                          \
        }                                                                                                      \
    } while (0)

static inline dither_options host_options(const scenario_input *input) {
    dither_options options = DITHER_OPTIONS_INIT;
    options.metrics_path = input->metrics;
    options.endpoint = "http://127.0.0.1:9";
    options.state_folder = input->folder;
    return options;
}

static inline dither_agent open_agent(const scenario_input *input) {
    dither_options options = host_options(input);
    dither_agent agent = 0;
    CHECK(dither_open(&options, &agent) == DITHER_OK);
    return agent;
}

int run_fork(const scenario_input *input);
int run_prefork(const scenario_input *input);
int run_handles(const scenario_input *input);
int run_race(const scenario_input *input);
int run_signal(const scenario_input *input);
int run_canary(const scenario_input *input);
int run_sequences(const scenario_input *input);
int run_latency(const scenario_input *input);
int run_latency_full(const scenario_input *input);
int run_memory(const scenario_input *input);
int run_idle(const scenario_input *input);

#endif
