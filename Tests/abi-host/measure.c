/* What recording costs its host: time, memory, descriptors, threads. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "scenarios.h"

enum { CALLS = 5, SLOWEST_THREADS = 4 };
static const char *const call_names[CALLS] = {"empty", "boolean", "category", "string", "number"};

typedef struct {
    dither_agent agent;
    long count;
    uint32_t *nanoseconds[CALLS];
} timing;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* The timing code is the same for all calls, the empty one included, and they take turns. */
static void *time_calls(void *context) {
    timing *timing = context;
    for (long round = 0; round < timing->count; round++) {
        for (int call = 0; call < CALLS; call++) {
            int result = DITHER_OK;
            uint64_t start = now();
            switch (call) {
            case 1: result = dither_record_boolean(timing->agent, "departed_late", 1); break;
            case 2: result = dither_record_category(timing->agent, "carrier", "UA"); break;
            case 3: result = dither_record_string(timing->agent, "destination", "Reykjavik", 9); break;
            case 4: result = dither_record_number(timing->agent, "air_time", 312.5); break;
            default: __asm__ volatile("" ::: "memory"); break;
            }
            uint64_t taken = now() - start;
            CHECK(result == DITHER_OK);
            timing->nanoseconds[call][round] = taken > UINT32_MAX ? UINT32_MAX : (uint32_t)taken;
        }
    }
    return NULL;
}

static int by_size(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void time_threads(dither_agent agent, int threads, long count) {
    pthread_t handles[SLOWEST_THREADS];
    timing timings[SLOWEST_THREADS];
    uint32_t *all = malloc(sizeof *all * (size_t)(threads * count));
    CHECK(all != NULL);
    for (int index = 0; index < threads; index++) {
        timings[index] = (timing){agent, count, {NULL}};
        for (int call = 0; call < CALLS; call++) {
            timings[index].nanoseconds[call] = calloc((size_t)count, sizeof *all);
            CHECK(timings[index].nanoseconds[call] != NULL);
        }
    }
    for (int index = 0; index < threads; index++)
        CHECK(pthread_create(&handles[index], NULL, time_calls, &timings[index]) == 0);
    for (int index = 0; index < threads; index++) CHECK(pthread_join(handles[index], NULL) == 0);
    for (int call = 0; call < CALLS; call++) {
        size_t total = (size_t)(threads * count);
        for (int index = 0; index < threads; index++)
            memcpy(all + index * count, timings[index].nanoseconds[call], sizeof *all * (size_t)count);
        qsort(all, total, sizeof *all, by_size);
        printf("%d,%s,%u,%u,%u,%u\n", threads, call_names[call], all[total / 2], all[total / 100 * 99],
               all[total / 1000 * 999], all[total - 1]);
    }
    for (int index = 0; index < threads; index++)
        for (int call = 0; call < CALLS; call++) free(timings[index].nanoseconds[call]);
    free(all);
}

/* Writes beside the state folder until nothing fits any more. */
static void fill_disk(const char *folder) {
    char path[4096], block[4096];
    memset(block, 0xA5, sizeof block);
    snprintf(path, sizeof path, "%s/../fill", folder);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(file >= 0);
    size_t size = sizeof block;
    while (size > 0)
        if (write(file, block, size) <= 0) size /= 2;
    close(file);
}

static void run_timings(const scenario_input *input, int is_full) {
    dither_agent agent = open_agent(input);
    CHECK(dither_set_consent(agent, 1) == DITHER_OK);
    if (is_full) fill_disk(input->folder);
    printf("threads,call,p50,p99,p99.9,max\n");
    time_threads(agent, 1, input->count);
    time_threads(agent, SLOWEST_THREADS, input->count);
    dither_close(agent);
}

int run_latency(const scenario_input *input) {
    run_timings(input, 0);
    return 0;
}

int run_latency_full(const scenario_input *input) {
    run_timings(input, 1);
    return 0;
}

static long entries(const char *folder) {
    long count = 0;
    DIR *listing = opendir(folder);
    CHECK(listing != NULL);
    while (readdir(listing)) count++;
    closedir(listing);
    return count;
}

static long resident_kib(void) {
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    CHECK(status != NULL);
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
    fclose(status);
    return kib;
}

/* A burst of `count` events: memory may grow by one MiB, descriptors and threads by none. */
int run_memory(const scenario_input *input) {
    dither_agent agent = open_agent(input);
    CHECK(dither_set_consent(agent, 1) == DITHER_OK);
    long before = 0, descriptors = 0, threads = 0;
    for (int half = 0; half < 2; half++) {
        long count = half == 0 ? 1000 : input->count;
        for (long event = 0; event < count; event++) {
            CHECK(dither_record_string(agent, "destination", "Reykjavik", 9) == DITHER_OK);
            if (event % 1000 == 0) CHECK(dither_record_number(agent, "air_time", 312.5) == DITHER_OK);
        }
        CHECK(dither_flush(agent, 60000) == DITHER_OK);
        if (half == 1) break;
        before = resident_kib();
        descriptors = entries("/proc/self/fd");
        threads = entries("/proc/self/task");
    }
    long after = resident_kib();
    printf("events,rss_before_kib,rss_after_kib,new_descriptors,new_threads\n%ld,%ld,%ld,%ld,%ld\n", input->count, before,
           after, entries("/proc/self/fd") - descriptors, entries("/proc/self/task") - threads);
    CHECK(after - before <= 1024);
    CHECK(entries("/proc/self/fd") == descriptors && entries("/proc/self/task") == threads);
    CHECK(dither_close(agent) == DITHER_OK);
    return 0;
}

/* What a host that is on, and has reported once, keeps in memory. */
int run_idle(const scenario_input *input) {
    dither_agent agent = open_agent(input);
    CHECK(dither_set_consent(agent, 1) == DITHER_OK);
    CHECK(dither_record_boolean(agent, "departed_late", 1) == DITHER_OK);
    CHECK(dither_flush(agent, 60000) == DITHER_OK);
    /* Idle is a host whose agent has had nothing to do for some seconds. */
    struct timespec pause = {6, 0};
    nanosleep(&pause, NULL);
    printf("%ld\n", resident_kib());
    CHECK(dither_close(agent) == DITHER_OK);
    return 0;
}
