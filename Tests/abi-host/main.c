/* A host in C for the tests of the interface: one scenario a run, exit status 0 if all of its checks hold. */
#include <signal.h>
#include <string.h>

#include "scenarios.h"

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(const scenario_input *input);
    } scenarios[] = {
        {"fork", run_fork},     {"prefork", run_prefork},     {"handles", run_handles}, {"race", run_race},
        {"signal", run_signal}, {"canary", run_canary},       {"memory", run_memory},   {"idle", run_idle},
        {"latency", run_latency}, {"latency-full", run_latency_full}, {"sequences", run_sequences},
    };
    /* A parent may have started us with signals blocked, which scenarios and their alarms need. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (argc == 5) {
        scenario_input input = {argv[2], argv[3], strtol(argv[4], NULL, 10)};
        for (size_t index = 0; index < sizeof scenarios / sizeof *scenarios; index++)
            if (strcmp(argv[1], scenarios[index].name) == 0) return scenarios[index].run(&input);
    }
    fprintf(stderr, "usage: abi-host SCENARIO METRICS.set FOLDER COUNT\n");
    return 64;
}
