/* Small text files of the system, read with suspicion. */
#ifndef TEXT_FILE_H
#define TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads `root` followed by `path` into `buffer`, ended by a zero byte. False if it is no regular file, cannot be read, or
 * holds a zero byte. Of a longer file the whole lines that fit.
 */
bool read_text(const char *root, const char *path, char *buffer, size_t size);

/*
 * Finds NAME=value as a shell would read it: the last line counts, quotes and backslashes are taken away. False if there
 * is none, or if it does not fit `value`.
 */
bool find_assignment(const char *text, const char *name, char *value, size_t size);

/* Reads a decimal number of at most 15 digits behind blanks at `text`. False if there is none. */
bool read_number(const char *text, unsigned long long *number);

#endif
