/* A value that was recorded is nowhere in memory once the agent has taken it over. */
#include <string.h>

#include "scenarios.h"

/* The canary's complement: the program holds the text itself only in the buffer that it records from. */
static const unsigned char complement[] = {
    0xBC, 0xBE, 0xB1, 0xBE, 0xAD, 0xA6, 0xA0, 0xC6, 0x99, 0xCC, 0xA0, 0x96, 0x8C, 0xA0, 0x97, 0x9A, 0x8D, 0x9A};
enum { LENGTH = sizeof complement };

static int is_canary(const unsigned char *bytes) {
    for (int index = 0; index < LENGTH; index++)
        if (bytes[index] != (unsigned char)~complement[index]) return 0;
    return 1;
}

/* Copies of the canary in all memory that this process can write, those at `known` aside. */
static long search(const unsigned char *known) {
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps != NULL);
    char line[4096], permissions[5];
    unsigned long start, end;
    long found = 0;
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx %4s", &start, &end, permissions) != 3) continue;
        if (permissions[0] != 'r' || permissions[1] != 'w' || strstr(line, "[vvar]")) continue;
        for (unsigned long at = start; at + LENGTH <= end; at++) {
            const unsigned char *bytes = (const unsigned char *)at;
            if (*bytes != (unsigned char)~complement[0] || bytes == known || !is_canary(bytes)) continue;
            fprintf(stderr, "found at %lx in %s", at, line);
            found++;
        }
    }
    fclose(maps);
    return found;
}

int run_canary(const scenario_input *input) {
    static char canary[LENGTH];
    dither_agent agent = open_agent(input);
    CHECK(dither_set_consent(agent, 1) == DITHER_OK);
    for (int index = 0; index < LENGTH; index++) canary[index] = (char)~complement[index];
    for (long round = 0; round < input->count; round++) {
        CHECK(dither_record_string(agent, "destination", canary, LENGTH) == DITHER_OK);
        CHECK(dither_record_string(agent, "word", canary, LENGTH) == DITHER_OK);
        if (round % 1000 == 0) CHECK(dither_flush(agent, 60000) == DITHER_OK);
    }
    CHECK(dither_flush(agent, 60000) == DITHER_OK);
    CHECK(search((const unsigned char *)canary) == 0);
    /* That a copy would be found: */
    char *volatile copy = malloc(LENGTH + 1);
    CHECK(copy != NULL);
    memcpy(copy + 1, canary, LENGTH);
    __asm__ volatile("" ::"r"(copy) : "memory");
    CHECK(search((const unsigned char *)canary) == 1);
    free(copy);
    CHECK(dither_close(agent) == DITHER_OK);
    return 0;
}
