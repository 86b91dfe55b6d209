/*
 * A host of libdither for tests: runs the commands on its command line one after the other, and says what each answered.
 *
 *     agent-host METRICS ENDPOINT STATE COMMAND...
 *
 * Each line it writes is written by one call, so that lines of several processes do not mix.
 */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "agent-host: METRICS ENDPOINT STATE COMMAND...\n");
        return 2;
    }
    struct host host = { .metrics = argv[1], .endpoint = argv[2], .state = argv[3], .child = -1 };
    return run_commands(&host, argc - 4, argv + 4);
}
