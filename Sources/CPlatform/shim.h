#ifndef DITHER_CPLATFORM_SHIM_H
#define DITHER_CPLATFORM_SHIM_H

// What glibc offers and Swift's Glibc module does not import.

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

/// getrandom(2) with flags 0: blocks until the kernel's generator is seeded. Returns bytes written, or -errno.
static inline ssize_t dither_getrandom(void *buffer, size_t byte_count) {
    ssize_t written = getrandom(buffer, byte_count, 0);
    return written < 0 ? -errno : written;
}

/// Overwrites memory in a way that the optimiser must not remove.
static inline void dither_wipe(void *buffer, size_t byte_count) { explicit_bzero(buffer, byte_count); }

#endif
