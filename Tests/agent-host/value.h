#ifndef AGENT_HOST_VALUE_H
#define AGENT_HOST_VALUE_H

#include "commands.h"

/* value METRIC COUNT: reads a line from standard input, records it so often, and wipes it. The line stands nowhere else
   in this process: not among its arguments, and not in a buffer of the C library. */
int record_value(struct host *host, char **words);

#endif
