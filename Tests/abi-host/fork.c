/* What the child of a fork may do with an agent: of its parent's nothing, of its own everything. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios.h"

static void check_forked(dither_agent agent) {
    dither_status_info status = DITHER_STATUS_INIT;
    CHECK(dither_record_boolean(agent, "departed_late", 1) == DITHER_E_FORKED);
    CHECK(dither_record_category(agent, "carrier", "AA") == DITHER_E_FORKED);
    CHECK(dither_record_string(agent, "destination", "x", 1) == DITHER_E_FORKED);
    CHECK(dither_record_number(agent, "air_time", 1) == DITHER_E_FORKED);
    CHECK(dither_set_consent(agent, 0) == DITHER_E_FORKED);
    CHECK(dither_flush(agent, 1000) == DITHER_E_FORKED);
    CHECK(dither_status(agent, &status) == DITHER_E_FORKED);
    CHECK(dither_close(agent) == DITHER_E_FORKED);
}

static void in_child(const scenario_input *input, dither_agent parents) {
    alarm(60);
    check_forked(parents);
    CHECK(dither_record_boolean(0, "departed_late", 1) == DITHER_E_HANDLE);
    dither_agent own = open_agent(input);
    CHECK(own != parents);
    check_forked(parents);
    int result = dither_record_category(own, "carrier", "AA");
    if (result != DITHER_OK) fprintf(stderr, "record answered %d\n", result);
    CHECK(result == DITHER_OK);
    CHECK(dither_flush(own, 30000) == DITHER_OK);
    CHECK(dither_close(own) == DITHER_OK);
    CHECK(dither_record_boolean(own, "departed_late", 1) == DITHER_E_HANDLE);
    check_forked(parents);
}

static int wait_for(pid_t child) {
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int run_fork(const scenario_input *input) {
    dither_agent agent = open_agent(input);
    CHECK(dither_set_consent(agent, 1) == DITHER_OK);
    CHECK(dither_record_boolean(agent, "departed_late", 1) == DITHER_OK);
    for (long round = 0; round < input->count; round++) {
        pid_t child = fork();
        if (child == 0) {
            in_child(input, agent);
            /* A child of the child, whose own parent has agents again. */
            dither_agent own = open_agent(input);
            pid_t grandchild = fork();
            if (grandchild == 0) {
                check_forked(agent);
                check_forked(own);
                in_child(input, own);
                _exit(0);
            }
            CHECK(wait_for(grandchild) == 0);
            CHECK(dither_close(own) == DITHER_OK);
            _exit(0);
        }
        CHECK(wait_for(child) == 0);
        /* The parent has noticed nothing. */
        CHECK(dither_record_boolean(agent, "departed_late", 0) == DITHER_OK);
    }
    CHECK(dither_flush(agent, 30000) == DITHER_OK);
    CHECK(dither_close(agent) == DITHER_OK);
    return 0;
}

static dither_agent busy_agent;
static volatile int is_done;

static void *keep_busy(void *context) {
    (void)context;
    while (!is_done) {
        dither_status_info status = DITHER_STATUS_INIT;
        CHECK(dither_record_string(busy_agent, "destination", "Reykjavik", 9) == DITHER_OK);
        CHECK(dither_flush(busy_agent, 30000) == DITHER_OK);
        CHECK(dither_status(busy_agent, &status) == DITHER_OK);
    }
    return NULL;
}

/* Workers of one folder, forked while the parent's threads are in the midst of their work. */
int run_prefork(const scenario_input *input) {
    enum { WORKERS = 4 };
    pthread_t threads[2];
    busy_agent = open_agent(input);
    CHECK(dither_set_consent(busy_agent, 1) == DITHER_OK);
    for (int index = 0; index < 2; index++) CHECK(pthread_create(&threads[index], NULL, keep_busy, NULL) == 0);
    for (long round = 0; round < input->count; round++) {
        pid_t workers[WORKERS];
        for (int index = 0; index < WORKERS; index++) {
            workers[index] = fork();
            CHECK(workers[index] >= 0);
            if (workers[index] > 0) continue;
            alarm(120);
            dither_agent own = open_agent(input);
            for (int event = 0; event < 100; event++)
                CHECK(dither_record_category(own, "carrier", "UA") == DITHER_OK);
            CHECK(dither_flush(own, 60000) == DITHER_OK);
            CHECK(dither_close(own) == DITHER_OK);
            _exit(0);
        }
        for (int index = 0; index < WORKERS; index++) CHECK(wait_for(workers[index]) == 0);
    }
    is_done = 1;
    for (int index = 0; index < 2; index++) CHECK(pthread_join(threads[index], NULL) == 0);
    CHECK(dither_close(busy_agent) == DITHER_OK);
    return 0;
}
