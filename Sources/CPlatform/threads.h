#ifndef DITHER_CPLATFORM_THREADS_H
#define DITHER_CPLATFORM_THREADS_H

// Threads, and memory that neither a child nor a core dump gets a copy of.

#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// glibc declares these for _GNU_SOURCE alone, which a module cannot ask for.
extern int sched_getcpu(void);
extern int pthread_setname_np(pthread_t thread, const char *name);

/// The processor that the caller runs on, or 0 where that is not known. No system call.
static inline unsigned dither_current_processor(void) {
    int processor = sched_getcpu();
    return processor < 0 ? 0 : (unsigned)processor;
}

/// One random word from getrandom(2). Unlike glibc's function it is no cancellation point, so that a thread that is
/// cancelled does not leave in the midst of what it holds. Returns 0, or -errno.
static inline int dither_random_word(uint64_t *word) {
    for (;;) {
        long count = syscall(SYS_getrandom, word, sizeof *word, 0);
        if (count == (long)sizeof *word) return 0;
        if (count < 0 && errno != EINTR) return -errno;
    }
}

/// Zeroed pages that a forked child finds zeroed again. With `is_secret`, core dumps leave them out too. NULL on failure.
static inline void *dither_map_pages(size_t byte_count, int is_secret) {
    void *pages = mmap(NULL, byte_count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return NULL;
    if (madvise(pages, byte_count, MADV_WIPEONFORK) != 0 ||
        (is_secret && madvise(pages, byte_count, MADV_DONTDUMP) != 0)) {
        munmap(pages, byte_count);
        return NULL;
    }
    return pages;
}

/// Overwrites the part of the stack that the caller's callees have used, 32 KiB of it.
__attribute__((noinline)) static void dither_wipe_stack(void) {
    char used[32 << 10];
    explicit_bzero(used, sizeof used);
}

/// Starts a thread that takes no signal of the host's, under a name for debuggers. Returns 0, or an errno.
static inline int dither_start_thread(
    pthread_t *thread, size_t stack_byte_count, const char *name, void *(*body)(void *), void *context) {
    pthread_attr_t attributes;
    sigset_t all, before;
    int code = pthread_attr_init(&attributes);
    if (code != 0) return code;
    code = pthread_attr_setstacksize(&attributes, stack_byte_count);
    sigfillset(&all);
    if (code == 0) code = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (code == 0) {
        code = pthread_create(thread, &attributes, body, context);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    if (code == 0) pthread_setname_np(*thread, name);
    return code;
}

/// A condition whose deadlines are of CLOCK_MONOTONIC. Returns 0, or an errno.
static inline int dither_initialize_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    int code = pthread_condattr_init(&attributes);
    if (code != 0) return code;
    code = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (code == 0) code = pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return code;
}

/// Waits on such a condition until so many nanoseconds of CLOCK_MONOTONIC. Returns 0, or ETIMEDOUT.
static inline int dither_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t nanoseconds) {
    struct timespec deadline = {
        (time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    return pthread_cond_timedwait(condition, mutex, &deadline);
}

/// CLOCK_MONOTONIC in nanoseconds.
static inline uint64_t dither_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// The header of the program or library that this is linked into; every linker defines it.
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/// Whether we are linked into our own shared library, and not into a program or somebody else's library.
static inline int dither_is_own_library(const char *start, uintptr_t bias) {
    const ElfW(Phdr) *segments = (const ElfW(Phdr) *)(start + __ehdr_start.e_phoff);
    for (unsigned index = 0; index < __ehdr_start.e_phnum; index++) {
        if (segments[index].p_type != PT_DYNAMIC) continue;
        uintptr_t texts = 0, name = 0;
        for (const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(bias + segments[index].p_vaddr); entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_STRTAB) texts = entry->d_un.d_ptr;
            if (entry->d_tag == DT_SONAME) name = entry->d_un.d_val;
        }
        if (texts == 0 || name == 0) return 0;
        // The loader has turned the table's place into an address, on all machines but a few.
        if (texts < bias) texts += bias;
        return strncmp((const char *)texts + name, "libdither.so.", 13) == 0;
    }
    return 0;
}

/// Gives the pages of the shared library's code and constants back to the page cache: what a start needs of them is far
/// more than what an idle thread does, and the kernel counts all of it as the host's. What is needed again is mapped
/// again, at a microsecond or so a page that is in the cache. In a program that holds the agent itself nothing is done:
/// those pages are the host's, who may have changed them.
static inline void dither_release_code(void) {
    const char *start = (const char *)&__ehdr_start;
    const ElfW(Phdr) *segments = (const ElfW(Phdr) *)(start + __ehdr_start.e_phoff);
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t bias = (uintptr_t)start;
    for (unsigned index = 0; index < __ehdr_start.e_phnum; index++)
        if (segments[index].p_type == PT_LOAD && segments[index].p_offset == 0) bias -= segments[index].p_vaddr;
    if (!dither_is_own_library(start, bias)) return;
    for (unsigned index = 0; index < __ehdr_start.e_phnum; index++) {
        const ElfW(Phdr) *segment = &segments[index];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
        uintptr_t from = bias + segment->p_vaddr, to = from + segment->p_memsz;
        from = (from + page - 1) / page * page;
        to = to / page * page;
        if (from < to) madvise((void *)from, to - from, MADV_DONTNEED);
    }
}

#endif
