/* The command line of machine-report. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

enum command { RUN, TURN_ON, TURN_OFF, STATUS, PRINT };

struct options {
    enum command command;
    const char *metrics;
    const char *endpoint;
    const char *state;
    const char *ca_file;
    const char *root;
    bool once;
};

/* Reads the command line. Ends the program after --help and --version (0) and after a mistake (2). */
struct options read_options(int count, char **words);

#endif
