#ifndef DITHER_CPLATFORM_SHIM_H
#define DITHER_CPLATFORM_SHIM_H

// What glibc offers and Swift's Glibc module does not import.

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/// getrandom(2) with flags 0: blocks until the kernel's generator is seeded. Returns bytes written, or -errno.
static inline ssize_t dither_getrandom(void *buffer, size_t byte_count) {
    ssize_t written = getrandom(buffer, byte_count, 0);
    return written < 0 ? -errno : written;
}

/// Overwrites memory in a way that the optimiser must not remove.
static inline void dither_wipe(void *buffer, size_t byte_count) { explicit_bzero(buffer, byte_count); }

/// Whole pages for secrets, zeroed: not swapped out if the system allows it, in no core dump, and zero again in the
/// child of a fork. Returns NULL if there is no memory.
static inline void *dither_secret_pages(size_t byte_count) {
    void *pages = mmap(NULL, byte_count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return NULL;
    mlock(pages, byte_count);
    madvise(pages, byte_count, MADV_DONTDUMP);
    madvise(pages, byte_count, 18 /* MADV_WIPEONFORK, since Linux 4.14 */);
    return pages;
}

/// open(2) that neither follows a symbolic link, survives exec, nor waits for the other end of a pipe. Returns a
/// descriptor, or -errno.
static inline int dither_open(const char *path, int flags, mode_t mode) {
    int descriptor = open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode);
    return descriptor < 0 ? -errno : descriptor;
}

/// Renames within one file system unless the new name exists (-EEXIST). Returns 0, or -errno.
static inline int dither_rename_exclusive(const char *from, const char *to) {
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1u /* RENAME_NOREPLACE */) == 0 ? 0 : -errno;
}

#endif
