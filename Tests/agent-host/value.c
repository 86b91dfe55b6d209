#define _DEFAULT_SOURCE
#include "value.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int record_value(struct host *host, char **words) {
    static char line[256];
    size_t length = 0;
    while (length < sizeof line && read(STDIN_FILENO, line + length, 1) == 1 && line[length] != '\n') ++length;
    int result = 0;
    for (long left = atol(words[1]); left > 0 && result >= 0; --left)
        result = dither_record_string(host->agent, words[0], line, length);
    explicit_bzero(line, sizeof line);
    return result;
}
