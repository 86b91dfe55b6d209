#ifndef AGENT_HOST_PROCESSES_H
#define AGENT_HOST_PROCESSES_H

#include "commands.h"

/* Runs commands in so many children at once, which start together. 0 if all of them ended with 0. */
int run_in_children(struct host *host, int children, int count, char **words);

/* Runs the first `own` words in a child that was forked with the agent open, and waits for it; gives the number of words. */
int run_in_borrower(struct host *host, int own, int count, char **words);

#endif
