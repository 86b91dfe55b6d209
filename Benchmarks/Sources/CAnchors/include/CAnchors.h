#ifndef DITHER_CANCHORS_H
#define DITHER_CANCHORS_H

#include <stddef.h>
#include <stdint.h>

/// Takes a result as if somebody read it, so that no compiler leaves its computation out.
void dither_keep(const void *result);

/// One getrandom(2) of so many bytes, at most 4,096.
void dither_anchor_random(size_t byte_count);

#endif
