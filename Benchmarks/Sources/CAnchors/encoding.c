#define _GNU_SOURCE
#include "CAnchors.h"

#include <stdlib.h>
#include <sys/random.h>

void dither_anchor_random(size_t byte_count) {
    unsigned char bytes[4096];
    // Shorter only if a signal comes, of which a benchmark has none.
    if (getrandom(bytes, byte_count, 0) != (ssize_t)byte_count) abort();
    dither_keep(bytes);
}
