#include "text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_descriptor(int descriptor, char *buffer, size_t size)
{
    size_t count = 0;
    while (count < size - 1) {
        ssize_t read_count = read(descriptor, buffer + count, size - 1 - count);
        if (read_count < 0 && errno == EINTR)
            continue;
        if (read_count < 0)
            return false;
        if (read_count == 0)
            break;
        count += (size_t)read_count;
    }
    buffer[count] = '\0';
    if (strlen(buffer) != count)
        return false;
    if (count == size - 1) {
        /* Perhaps cut within a line: half of one would be another answer. */
        char *end = strrchr(buffer, '\n');
        if (end == NULL)
            return false;
        end[1] = '\0';
    }
    return true;
}

bool read_text(const char *root, const char *path, char *buffer, size_t size)
{
    char whole[4096];
    int length = snprintf(whole, sizeof whole, "%s%s", root, path);
    if (length < 0 || (size_t)length >= sizeof whole || size < 2)
        return false;
    /* O_NONBLOCK: a named pipe in the file's place must not make a daemon wait. */
    int descriptor = open(whole, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    struct stat status;
    bool is_read = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && read_descriptor(descriptor, buffer, size);
    close(descriptor);
    return is_read;
}

/* Copies one line's value without its quotes. */
static bool copy_value(const char *from, char *value, size_t size)
{
    char quote = '\0';
    size_t count = 0;
    for (; *from != '\0' && *from != '\n'; from++) {
        if (quote == '\0' && (*from == '"' || *from == '\'')) {
            quote = *from;
            continue;
        }
        if (*from == quote) {
            quote = '\0';
            continue;
        }
        if (quote == '\0' && (*from == ' ' || *from == '\t' || *from == '\r' || *from == '#'))
            break;
        if (*from == '\\' && quote != '\'' && from[1] != '\0' && from[1] != '\n')
            from++;
        if (count + 1 >= size)
            return false;
        value[count++] = *from;
    }
    value[count] = '\0';
    return quote == '\0';
}

bool find_assignment(const char *text, const char *name, char *value, size_t size)
{
    size_t length = strlen(name);
    bool is_found = false;
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        if (*line == '\n')
            line++;
        while (*line == ' ' || *line == '\t')
            line++;
        if (strncmp(line, name, length) == 0 && line[length] == '=')
            is_found = copy_value(line + length + 1, value, size);
    }
    return is_found;
}

bool read_number(const char *text, unsigned long long *number)
{
    while (*text == ' ' || *text == '\t')
        text++;
    unsigned long long result = 0;
    int digits = 0;
    for (; *text >= '0' && *text <= '9'; text++, digits++) {
        if (digits == 15)
            return false;
        result = result * 10 + (unsigned long long)(*text - '0');
    }
    *number = result;
    return digits > 0;
}
