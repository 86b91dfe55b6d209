/* Handles: how many there may be, that none comes back, and that closing races nothing. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "scenarios.h"

enum { LIMIT = 64 };

int run_handles(const scenario_input *input) {
    dither_agent agents[LIMIT], extra = 1, last = 0;
    for (int index = 0; index < LIMIT; index++) agents[index] = open_agent(input);
    dither_options options = host_options(input);
    CHECK(dither_open(&options, &extra) == DITHER_E_BUSY);
    CHECK(extra == 0);
    CHECK(dither_close(agents[17]) == DITHER_OK);
    CHECK(dither_open(&options, &extra) == DITHER_OK);
    CHECK(extra != agents[17]);
    CHECK(dither_record_boolean(agents[17], "departed_late", 1) == DITHER_E_HANDLE);
    agents[17] = extra;
    for (int index = 0; index < LIMIT; index++) CHECK(dither_close(agents[index]) == DITHER_OK);
    for (long round = 0; round < input->count; round++) {
        dither_agent agent = open_agent(input);
        CHECK(agent > last);
        last = agent;
        CHECK(dither_close(agent) == DITHER_OK);
    }
    return 0;
}

static _Atomic dither_agent shared;
static atomic_int is_done;
static atomic_long taken;

static void *record_always(void *context) {
    (void)context;
    dither_status_info status = DITHER_STATUS_INIT;
    while (!is_done) {
        dither_agent agent = shared;
        int result = dither_record_string(agent, "destination", "Reykjavik", 9);
        CHECK(result == DITHER_OK || result == DITHER_E_HANDLE || result == DITHER_OFF);
        if (result == DITHER_OK) taken++;
        result = dither_status(agent, &status);
        CHECK(result == DITHER_OK || result == DITHER_E_HANDLE);
    }
    return NULL;
}

static void *flush_always(void *context) {
    (void)context;
    while (!is_done) {
        int result = dither_flush(shared, UINT32_MAX);
        CHECK(result == DITHER_OK || result == DITHER_E_HANDLE || result == DITHER_OFF);
    }
    return NULL;
}

static void *close_too(void *context) {
    int *result = context;
    *result = dither_close(shared);
    return NULL;
}

/* Threads record, flush without a deadline, and read status while two threads close the agent under them. */
int run_race(const scenario_input *input) {
    pthread_t recorders[2], flusher, closer;
    shared = open_agent(input);
    CHECK(dither_set_consent(shared, 1) == DITHER_OK);
    for (int index = 0; index < 2; index++) CHECK(pthread_create(&recorders[index], NULL, record_always, NULL) == 0);
    CHECK(pthread_create(&flusher, NULL, flush_always, NULL) == 0);
    for (long round = 0; round < input->count; round++) {
        long before = taken;
        while (taken == before) sched_yield();
        int other = 0;
        CHECK(pthread_create(&closer, NULL, close_too, &other) == 0);
        int result = dither_close(shared);
        CHECK(pthread_join(closer, NULL) == 0);
        CHECK((result == DITHER_OK) + (other == DITHER_OK) >= 1);
        CHECK(result == DITHER_OK || result == DITHER_E_HANDLE);
        shared = open_agent(input);
    }
    is_done = 1;
    CHECK(dither_close(shared) == DITHER_OK);
    for (int index = 0; index < 2; index++) CHECK(pthread_join(recorders[index], NULL) == 0);
    CHECK(pthread_join(flusher, NULL) == 0);
    return 0;
}

static atomic_long interrupted, refused;

static void on_signal(int number) {
    (void)number;
    interrupted++;
    int result = dither_record_category(shared, "carrier", "AA");
    if (result == DITHER_E_REENTRANT) refused++;
    else if (result != DITHER_OK) _exit(3);
}

static void *send_signals(void *target) {
    while (!is_done) {
        pthread_kill(*(pthread_t *)target, SIGUSR1);
        for (int spin = 0; spin < 2000 && !is_done; spin++) __asm__ volatile("" ::: "memory");
    }
    return NULL;
}

/* A handler that breaks the rule and records: it gets an answer, and the call that it interrupted goes on. */
int run_signal(const scenario_input *input) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    shared = open_agent(input);
    CHECK(dither_set_consent(shared, 1) == DITHER_OK);
    pthread_t sender, self = pthread_self();
    CHECK(pthread_create(&sender, NULL, send_signals, &self) == 0);
    alarm(120);
    while (refused < input->count) CHECK(dither_record_category(shared, "carrier", "UA") == DITHER_OK);
    is_done = 1;
    CHECK(pthread_join(sender, NULL) == 0);
    CHECK(interrupted >= refused);
    CHECK(dither_close(shared) == DITHER_OK);
    return 0;
}
