/*
 * Preloaded into a process, shifts what it sees of time: CLOCK_REALTIME by DITHER_TEST_REALTIME seconds and
 * CLOCK_BOOTTIME by DITHER_TEST_BOOTTIME seconds. A real machine's clock stays as it is.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long shift(const char *variable) {
    const char *text = getenv(variable);
    return text ? strtoll(text, 0, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result != 0) return result;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += shift("DITHER_TEST_REALTIME");
    if (clock == CLOCK_BOOTTIME) now->tv_sec += shift("DITHER_TEST_BOOTTIME");
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}
