#ifndef AGENT_HOST_COMMANDS_H
#define AGENT_HOST_COMMANDS_H

#include "dither.h"

/* What the commands of one process share. */
struct host {
    const char *metrics;
    const char *endpoint;
    const char *state;
    dither_agent agent;
    int child; /* which child of `fork` this is; -1: none */
};

/* Runs commands in order; 0, or 2 for a command that there is not. */
int run_commands(struct host *host, int count, char **words);

/* Writes "WHAT RESULT [ERROR]", with the number of the child before it if this is one. */
void say(const struct host *host, const char *what, int result);

#endif
